import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Component } from '../real-components.js';

/** Where Debian's packages prometheus and prometheus-node-exporter are unpacked; by default, where they are installed. */
const FOLDER = process.env['PROMETHEUS_PROGRAMS'] ?? '/usr/bin';

/** A program of Prometheus, for `itWith`. */
export function prometheusProgram(name: 'prometheus' | 'promtool' | 'prometheus-node-exporter'): Component & {
  readonly path: string;
} {
  const path = join(FOLDER, name);
  return { name, path, missing: existsSync(path) ? undefined : `${name} is not installed` };
}

/** What promtool answered: its exit status, and everything that it printed. */
export interface PromtoolResult {
  readonly status: number | null;
  readonly text: string;
}

/** Runs promtool in a folder, with an input. */
export function promtool(args: readonly string[], cwd?: string, input = ''): PromtoolResult {
  const { path } = prometheusProgram('promtool');
  const { status, stdout, stderr } = spawnSync(path, args, { cwd, input, encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}
