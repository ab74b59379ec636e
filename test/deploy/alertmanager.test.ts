import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itWith } from '../real-components.js';
import { prometheusProgram } from './prometheus-programs.js';
import { PROMETHEUS_FOLDER } from './rule-files.js';

const AMTOOL = prometheusProgram('amtool');
const FILE = join(PROMETHEUS_FOLDER, 'alertmanager.yml');

const amtool = (...args: string[]): { status: number | null; stdout: string } =>
  spawnSync(AMTOOL.path, args, { encoding: 'utf8' });

describe('routes of Alertmanager', () => {
  itWith(AMTOOL, 'are accepted', async () => {
    expect(amtool('check-config', FILE)).toMatchObject({ status: 0 });
    return Promise.resolve();
  });

  itWith(AMTOOL, 'lead by severity and actor', async () => {
    const receivers = (
      [
        ['octopus', 'severity=critical', 'id=tcp.timeout'],
        ['octopus', 'severity=warning', 'actor=tentacle-admin'],
        ['network', 'severity=warning', 'actor=network-team'],
        ['dns', 'severity=warning', 'actor=dns-owner'],
        ['weekly', 'severity=info'],
      ] as const
    ).map(([receiver, ...labels]) => [
      receiver,
      amtool('config', 'routes', 'test', `--config.file=${FILE}`, ...labels).stdout.trim(),
    ]);
    for (const [expected, receiver] of receivers) expect(receiver).toBe(expected);
    return Promise.resolve();
  });
});
