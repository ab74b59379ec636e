import { createServer } from 'node:https';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CheckReport } from '../../packages/protocol/src/check/index.js';
import { command, type Command, type Ended, startPong } from '../binaries/command.js';
import { pemOf, testIdentity } from '../identities.js';
import { binary } from '../lab/programs.js';
import { squidHere, squidWithUser } from '../proxy/real-proxies.js';
import { itWith, namespaces } from '../real-components.js';
import { found } from './endpoint-checks.js';
import { pollingPort } from './polling-port.js';

let pong: Command & { port: number };
let directory: string;
beforeAll(async () => {
  pong = await startPong();
  directory = await mkdtemp(join(tmpdir(), 'tentacle-check-'));
});
afterAll(async () => {
  pong.process.kill();
  await rm(directory, { recursive: true });
});

const reportOf = ({ stdout }: Ended): CheckReport => JSON.parse(stdout) as CheckReport;

const idsOf = (report: CheckReport, use?: string): string[] =>
  report.groups.flatMap(({ checks }) => found(checks, use)).sort();

describe('tentacle-ping check', () => {
  it('tests the listening Tentacles of a list, and of an export', async () => {
    const list = join(directory, 'list.txt');
    await writeFile(list, `localhost:${pong.port}\nlocalhost:1 # stopped\n`);
    const json = join(directory, 'machines.json');
    const Endpoint = { CommunicationStyle: 'TentaclePassive', Uri: `https://localhost:${pong.port}/` };
    await writeFile(json, JSON.stringify([{ Name: 'web01', Endpoint }]));
    const listed = await command('ping', ['check', '--only', 'endpoints', '--targets', list, '--json']).ended;
    const report = reportOf(listed);
    expect(report.schema).toBe('tentacle-ping/check/1');
    expect(idsOf(report, 'tentacle')).toEqual(['ok target.ok', 'problem tcp.refused']);
    // Its own ports, which it may do without.
    expect(new Set(idsOf(report, 'polling'))).toEqual(new Set(['skipped tcp.refused']));
    expect(listed.status).toBe(1);
    const exported = await command('ping', ['check', '--only', 'endpoints', '--targets', json, '--json']).ended;
    expect(idsOf(reportOf(exported), 'tentacle')).toEqual(['ok target.ok']);
    expect(exported.status).toBe(0);
  });

  it('accepts the groups of a server only', async () => {
    const { status, stderr } = await command('ping', ['check', '--only', 'home']).ended;
    expect(status).toBe(2);
    expect(stderr).toContain('--only');
  });

  it('rejects a list that is none', async () => {
    const file = join(directory, 'error.json');
    await writeFile(file, '{"ErrorMessage":"You must be logged in"}');
    const { status, stderr } = await command('ping', ['check', '--targets', file]).ended;
    expect(status).toBe(2);
    expect(stderr).toContain('--targets');
  });
});

describe('a proxy with a password', () => {
  itWith(squidHere, 'is used, and the password shows nowhere', async () => {
    const CANARY = 'canary-51c2-check';
    const { host, port } = await squidWithUser('octopus', CANARY);
    const passwords = join(directory, 'password.txt');
    await writeFile(passwords, `${CANARY}\n`);
    const server = await pollingPort('Octopus Portal');
    const proxy = ['--proxy', `http://octopus@${host}:${port}`, '--proxy-password-file', passwords];
    const args = ['check', '--only', 'endpoints', '--server', `polling://localhost:${server.port}`, ...proxy, '--json'];
    const ended = await command('pong', args).ended;
    expect(idsOf(reportOf(ended))).toEqual(['ok polling.ok', 'ok polling.ok']);
    const text = `${ended.stdout}${ended.stderr}`;
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(Buffer.from(`octopus:${CANARY}`).toString('base64').slice(0, 12));
  });
});

describe('the table of endpoints', () => {
  it('fits 80 columns, with an id and a thumbprint', async () => {
    const server = createServer(pemOf(await testIdentity('web')), (_, response) => response.end('<title>Hi</title>'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const args = ['check', '--only', 'endpoints', '--server', `https://localhost:${port}`];
    const { stdout, status } = await command('pong', args).ended;
    const lines = stdout.split('\n');
    const table = lines.slice(
      1,
      lines.findIndex((line) => line.startsWith('  X  ') && line.includes('(')),
    );
    expect(table.every((line) => line.length <= 80)).toBe(true);
    expect(table.join('\n')).toMatch(/ {2}X {2}https:\/\/localhost:\d+ {2}direct +[\d.]+ {2}[0-9A-F]{8}/);
    expect(table.join('\n')).toContain('portal.not-octopus');
    expect(status).toBe(1);
  });
});

/** Runs pong's check where these addresses have one name. */
async function checkByName(addresses: readonly string[], port: number): Promise<CheckReport> {
  const lines = addresses.map((address) => `${address} octopus.example`).join('\\n');
  const script = `mount -t tmpfs tmpfs /mnt\nprintf '${lines}\\n' > /mnt/hosts\nmount --bind /mnt/hosts /etc/hosts\nexec "$@"`;
  const check = [
    binary('pong'),
    'check',
    '--only',
    'endpoints',
    '--server',
    `polling://octopus.example:${port}`,
    '--json',
  ];
  const run = ['-m', 'sh', '-ec', script, 'sh', process.execPath, ...check];
  const { stdout } = await promisify(execFile)('unshare', run).catch((error: unknown) => error as { stdout: string });
  return JSON.parse(stdout) as CheckReport;
}

describe('a name with an address for each node', () => {
  itWith(namespaces(), 'is tested at each, and different certificates are noticed', async () => {
    const { port } = await pollingPort('one', undefined, '127.0.0.2');
    await pollingPort('two', undefined, '127.0.0.3', port);
    const report = await checkByName(['127.0.0.2', '127.0.0.3'], port);
    expect(idsOf(report)).toContain('problem poll.several-servers');
    const tested = report.groups.flatMap(({ checks }) => checks.flatMap(({ endpoint }) => endpoint?.address ?? []));
    expect([...new Set(tested)].sort()).toEqual(['127.0.0.2', '127.0.0.3']);
  });

  itWith(namespaces(), 'of which one leads to this host, where nothing listens', async () => {
    const { port } = await pollingPort('one', undefined, '127.0.0.2');
    const report = await checkByName(['127.0.0.2', '127.0.0.4'], port);
    expect(idsOf(report)).toEqual(['ok polling.ok', 'problem dns.local-address']);
  });
});

it('tests a long list without a warning of Node.js', async () => {
  const list = join(directory, 'long.txt');
  await writeFile(list, Array.from({ length: 18 }, (_, i) => `localhost:${i + 1}`).join('\n'));
  const { stderr, stdout } = await command('ping', ['check', '--only', 'endpoints', '--targets', list]).ended;
  expect(stderr).toBe('');
  // Each has its row, and what they have in common is described once.
  expect(stdout.match(/^ {2}X {2}localhost:\d+ {2}/gm)?.length).toBe(18);
  expect(stdout.match(/^ *Next/gm)?.length).toBe(1);
});
