import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CheckReport } from '../../packages/protocol/src/check/index.js';
import type { DiagnosisReport } from '../../packages/ping/src/diagnose/diagnosis-report.js';
import { command, startPong } from '../binaries/command.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tentacle-bundle-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** In each place that a support engineer must not see. */
const CANARY = 'CANARY51c2';

const LOG = [
  '2026-11-27 22:28:19.5154   1897      6  INFO  listener started',
  `2026-11-27 22:28:19.5154   1897      6 ERROR  using API-${CANARY.toUpperCase()}AAAAAAAAAAAA against https://me:${CANARY}@proxy.example`,
  `System.Exception: password=${CANARY}; Server=x`,
  '-----BEGIN RSA PRIVATE KEY-----',
  `MII${CANARY}`,
  '-----END RSA PRIVATE KEY-----',
  '2026-11-27 22:28:20.5154   1897      6  INFO  last line',
];

/** An instance in a folder of its own. @returns its configuration file. */
async function configuredInstance(name: string): Promise<string> {
  const home = join(directory, name);
  await mkdir(join(home, 'Logs'), { recursive: true });
  const settings: Readonly<Record<string, string>> = {
    'Octopus.Home': home,
    'Octopus.Proxy.ProxyHost': 'proxy.example',
    'Octopus.Proxy.ProxyUsername': 'octopus',
    'Octopus.Proxy.ProxyPassword': CANARY,
    'Octopus.Proxy.UseDefaultProxy': 'False',
    'Tentacle.Cert': `MII${CANARY}`,
    'Tentacle.CertificateThumbprint': 'A'.repeat(40),
    'Tentacle.Services.PortNumber': '1',
  };
  const xml = Object.entries(settings).map(([key, value]) => `<set key="${key}">${value}</set>`);
  const file = join(home, 'tentacle.config');
  await writeFile(file, `<?xml version="1.0" encoding="utf-8"?><octopus-settings>${xml.join('')}</octopus-settings>`);
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().replace('T', ' ');
  const log = LOG.map((line) => line.replace(/^2026-11-27 22:28:\d\d/, now.slice(0, 19)));
  await writeFile(join(home, 'Logs', 'OctopusTentacle.txt'), `${log.join('\n')}\n`);
  return file;
}

function contentOf(path: string): Record<string, string> {
  const files = unzipSync(readFileSync(path));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

describe('check --bundle', () => {
  it('writes results, configuration, logs and versions, without secrets, for its owner only', async () => {
    const config = await configuredInstance('all');
    const zip = join(directory, 'all.zip');
    const args = ['check', '--config', config, '--only', 'configuration,tentacle', '--bundle', zip, '--json'];
    const { stdout, stderr } = await command('pong', args).ended;
    const files = contentOf(zip);
    expect(Object.keys(files).sort()).toEqual([
      'README.txt',
      'check.json',
      'check.txt',
      'configuration.json',
      'logs/1-tentacle.config.txt',
      'versions.json',
    ]);
    const report = JSON.parse(stdout) as CheckReport;
    expect(JSON.parse(files['check.json'] ?? '')).toEqual(report);
    const configuration = JSON.parse(files['configuration.json'] ?? '') as { instances: { proxy: object }[] };
    expect(configuration.instances[0]?.proxy).toEqual({
      use: 'custom',
      host: 'proxy.example',
      port: 80,
      user: 'octopus',
    });
    expect(JSON.parse(files['versions.json'] ?? '')).toMatchObject({ tool: report.tool });
    const log = files['logs/1-tentacle.config.txt']?.trimEnd().split('\n') ?? [];
    expect(log[0]).toMatch(/listener started$/);
    expect(log.at(-1)).toMatch(/last line$/);
    for (const text of [stdout, stderr, ...Object.values(files)])
      expect(text.toUpperCase()).not.toContain(CANARY.toUpperCase());
    expect(statSync(zip).mode & 0o777).toBe(0o600);
  });

  it.each(['pong', 'ping'] as const)('is an option of tentacle-%s', async (name) => {
    const zip = join(directory, `${name}.zip`);
    const { status } = await command(name, ['check', '--only', 'addresses', '--bundle', zip]).ended;
    expect(status).toBe(0);
    expect(contentOf(zip)['check.txt']).toMatch(/^✔ .*\n {2}\d+ ok, /m);
  });

  it('has a diagnosis of each listening Tentacle of the list that does not work', async () => {
    const pong = await startPong();
    onTestFinished(() => void pong.process.kill('SIGTERM'));
    const list = join(directory, 'targets.txt');
    await writeFile(list, `127.0.0.1:${pong.port}\n127.0.0.1:1\n`);
    const zip = join(directory, 'diagnosed.zip');
    await command('ping', ['check', '--only', 'endpoints', '--targets', list, '--bundle', zip]).ended;
    const files = contentOf(zip);
    expect(Object.keys(files).filter((name) => name.startsWith('diagnose/'))).toEqual(['diagnose/1-127.0.0.1.json']);
    const diagnosis = JSON.parse(files['diagnose/1-127.0.0.1.json'] ?? '') as DiagnosisReport;
    expect(diagnosis).toMatchObject({ target: { port: 1 }, verdict: { id: 'tcp.refused' } });
    expect(files['README.txt']).toContain('diagnose/1-127.0.0.1.json: ');
  });

  it('never replaces a file, and says so before it checks', async () => {
    const file = join(directory, 'mine.zip');
    await writeFile(file, 'mine');
    const { status, stdout, stderr } = await command('pong', ['check', '--bundle', file]).ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--bundle');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('needs a folder that exists', async () => {
    const { status, stdout } = await command('ping', ['check', '--bundle', join(directory, 'none', 'x.zip')]).ended;
    expect([status, stdout]).toEqual([2, '']);
  });

  it('leaves no file when it is stopped', async () => {
    const silent = createServer(() => undefined);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as { port: number };
    const zip = join(directory, 'stopped.zip');
    const server = `polling://127.0.0.1:${port}`;
    const { process, ended } = command('pong', ['check', '--only', 'endpoints', '--server', server, '--bundle', zip]);
    await once(silent, 'connection');
    process.kill('SIGINT');
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    expect(stderr).toContain('bundle: ');
    expect(existsSync(zip)).toBe(false);
  });
});
