import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../project/source-files.js';

/** The folder of everything for Prometheus. */
export const PROMETHEUS_FOLDER = join(ROOT, 'deploy/prometheus');

/** A rule, as a file of rules has it. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The rules of a file below the folder. */
export function rulesOf(file: string): Rule[] {
  const { groups } = parse(readFileSync(join(PROMETHEUS_FOLDER, file), 'utf8')) as {
    groups: readonly { readonly rules: readonly Rule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}
