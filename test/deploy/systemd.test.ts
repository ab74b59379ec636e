import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { PONG } from '../../packages/pong/src/options/definition.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { filesBelow, ROOT } from '../project/source-files.js';
import { type Component, itWith, program } from '../real-components.js';

const units = filesBelow('deploy/systemd', /\.(?:service|timer)$/);
const services = units.filter((path) => path.endsWith('.service'));

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The values of a setting, which can be repeated. */
function settingsOf(path: string, name: string): string[] {
  return [...textOf(path).matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

/** systemd-analyze of a version that judges units without a running systemd. */
function systemdAnalyze(): Component {
  const analyze = program('systemd-analyze');
  if (analyze.missing !== undefined) return analyze;
  const { stdout } = spawnSync('systemd-analyze', ['--help'], { encoding: 'utf8' });
  return { name: analyze.name, missing: stdout.includes('--offline') ? undefined : 'systemd-analyze has no --offline' };
}

/** The units with the programs of this checkout, because systemd requires that they exist. */
function installedUnits(): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tentacle-units-'));
  return units.map((path) => {
    const file = join(folder, basename(path));
    const ofCheckout = (_: string, end: string): string => join(ROOT, `packages/${end}/bin/tentacle-${end}.js`);
    writeFileSync(file, textOf(path).replaceAll(/\/usr\/local\/bin\/tentacle-(p[io]ng)/g, ofCheckout));
    return file;
  });
}

describe('units for systemd', () => {
  itWith(systemdAnalyze(), 'are accepted by systemd-analyze verify', async () => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...installedUnits()], {
      encoding: 'utf8',
    });
    expect({ status, text: stdout + stderr }).toEqual({ status: 0, text: '' });
    return Promise.resolve();
  });

  // Of 10; 2 is what remains for a service with a network that compiles code.
  itWith(systemdAnalyze(), 'expose at most 2.0 of 10 by systemd-analyze security', async () => {
    for (const file of installedUnits().filter((path) => path.endsWith('.service'))) {
      const analysis = ['security', '--offline=true', '--threshold=20', '--no-pager', file];
      const { status, stdout } = spawnSync('systemd-analyze', analysis, { encoding: 'utf8' });
      expect({ status, last: stdout.trimEnd().split('\n').at(-1) }).toMatchObject({ status: 0 });
    }
    return Promise.resolve();
  });

  it.each(services)('of %s start a program with options that exist', async (path) => {
    const [command = ''] = settingsOf(path, 'ExecStart');
    const [executable = '', ...argv] = command.split(' ');
    const definition = basename(executable) === 'tentacle-ping' ? PING : PONG;
    expect(['/usr/local/bin/tentacle-ping', '/usr/local/bin/tentacle-pong']).toContain(executable);
    expect((await parseArguments(definition, argv)).kind).toBe('run');
  });

  it.each(services)('of %s protect the host', (path) => {
    for (const [name, value] of [
      ['NoNewPrivileges', 'yes'],
      ['ProtectSystem', 'strict'],
      ['CapabilityBoundingSet', ''],
      ['RestrictAddressFamilies', 'AF_INET AF_INET6 AF_NETLINK AF_UNIX'],
    ] as const)
      expect([name, settingsOf(path, name)]).toEqual([name, [value]]);
    expect(settingsOf(path, 'MemoryMax')).toHaveLength(1);
    // The certificate is in the folder that the unit keeps.
    const [state = ''] = settingsOf(path, 'StateDirectory');
    expect(settingsOf(path, 'ExecStart')[0]).toContain(state);
    expect(settingsOf(path, 'Environment')).toEqual(['XDG_CONFIG_HOME=%S']);
  });

  it('reload the exporter by the signal on which it reads its files again', () => {
    expect(settingsOf('deploy/systemd/tentacle-ping-exporter.service', 'ExecReload')).toEqual(['/bin/kill -HUP $MAINPID']);
  });

  it('count the exit statuses of failing targets as success, because the metrics have them', () => {
    expect(settingsOf('deploy/systemd/tentacle-ping-textfile.service', 'SuccessExitStatus')).toEqual(['1 3']);
  });
});
