import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../packages/protocol/src/check/index.js';
import { type Command, startPong } from '../binaries/command.js';
import { binary } from '../lab/programs.js';
import { type Component, itWith, namespaces } from '../real-components.js';

let everywhere: Command & { port: number };
let loopback: Command & { port: number };
let directory: string;
beforeAll(async () => {
  [everywhere, loopback] = await Promise.all([startPong(), startPong('--bind', '127.0.0.1')]);
  directory = await mkdtemp(join(tmpdir(), 'tentacle-whole-'));
  // Another account reads it too.
  await promisify(execFile)('chmod', ['755', directory]);
});
afterAll(async () => {
  everywhere.process.kill();
  loopback.process.kill();
  await rm(directory, { recursive: true });
});

const SERVER = 'A'.repeat(40);
const listening = (port: number): Record<string, string> => ({
  'Tentacle.Services.PortNumber': String(port),
  'Tentacle.CertificateThumbprint': 'B'.repeat(40),
  'Tentacle.Communication.TrustedOctopusServers': JSON.stringify([{ Thumbprint: SERVER, CommunicationStyle: 1 }]),
});
const polling = (port: number): Record<string, string> => ({
  'Tentacle.Services.NoListen': 'True',
  'Tentacle.CertificateThumbprint': 'B'.repeat(40),
  'Tentacle.Communication.TrustedOctopusServers': JSON.stringify([
    { Thumbprint: SERVER, CommunicationStyle: 2, Address: `https://127.0.0.1:${port}`, SubscriptionId: 'poll://x/' },
  ]),
});

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env', 'HOME=/nonexistent'];

/** Another account, which needs to read the programs. */
function anotherAccount(): Component {
  const component = namespaces();
  const [file, ...args] = [...NOBODY, process.execPath, binary('pong'), '--version'];
  const isThere = component.missing === undefined && spawnSync(file, args).status === 0;
  return {
    name: 'another account',
    missing: component.missing ?? (isThere ? undefined : 'it cannot run the programs'),
  };
}

let files = 0;

async function configurationFile(settings: Readonly<Record<string, string>>): Promise<string> {
  const home = join(directory, String(++files));
  await mkdir(home);
  const escaped = (text: string): string => text.replaceAll('"', '&quot;');
  const xml = Object.entries({ 'Octopus.Home': home, ...settings }).map(
    ([key, value]) => `<set key="${key}">${escaped(value)}</set>`,
  );
  const file = join(home, 'tentacle.config');
  await writeFile(file, `<octopus-settings>${xml.join('')}</octopus-settings>`);
  return file;
}

interface Run {
  readonly report: CheckReport;
  readonly status: number;
}

async function checkAll(settings: Readonly<Record<string, string>>, asUser: readonly string[] = []): Promise<Run> {
  const config = await configurationFile(settings);
  const [file, ...args] = [...asUser, process.execPath, binary('pong'), 'check', '--json', '--config', config];
  const ended = await promisify(execFile)(file, args).catch(
    (error: unknown) => error as { readonly stdout: string; readonly code: number },
  );
  return { report: JSON.parse(ended.stdout) as CheckReport, status: 'code' in ended ? ended.code : 0 };
}

const idsOf = ({ groups }: CheckReport): string[] => groups.flatMap(({ checks }) => checks.map(({ id }) => id));

/** What no report may say, whatever the host: groups look at the same port in different ways. */
function contradictionsOf(ids: readonly string[]): string[] {
  const pairs = [
    ['local.port-not-listening', 'local.answers'],
    ['local.port-loopback-only', 'local.port-not-listening'],
    ['local.loopback-only', 'local.not-listening'],
    ['local.port-free', 'local.loopback-only'],
  ] as const;
  return pairs.filter((pair) => pair.every((id) => ids.includes(id))).map((pair) => pair.join(' and '));
}

function expectAgreement({ report, status }: Run): void {
  const checks = report.groups.flatMap((group) => group.checks);
  expect(checks.filter(({ id }) => id.startsWith('check.'))).toEqual([]);
  expect(contradictionsOf(checks.map(({ id }) => id))).toEqual([]);
  const worst = (['problem', 'warning', 'unknown', 'ok'] as const).find((one) => report.counts[one] > 0);
  expect(report.verdict.status).toBe(worst);
  expect(status).toBe(worst === 'problem' ? 1 : 0);
  for (const { status: result, next, id } of checks)
    if (result === 'problem') expect([id, next.length > 0]).toEqual([id, true]);
}

describe('all groups at once agree', () => {
  it('about a port that nothing holds', async () => {
    const run = await checkAll(listening(1));
    expectAgreement(run);
    expect(idsOf(run.report)).toEqual(expect.arrayContaining(['local.port-not-listening', 'local.not-listening']));
  });

  it('about a listener with another certificate', async () => {
    const run = await checkAll(listening(everywhere.port));
    expectAgreement(run);
    expect(idsOf(run.report)).not.toContain('local.port-not-listening');
  });

  it('about a listener for this host only', async () => {
    const run = await checkAll(listening(loopback.port));
    expectAgreement(run);
    expect(idsOf(run.report)).toEqual(expect.arrayContaining(['local.port-loopback-only', 'local.loopback-only']));
  });

  it('about a configuration that polls, and needs no port', async () => {
    const run = await checkAll(polling(1));
    expectAgreement(run);
    expect(idsOf(run.report)).toContain('tcp.refused');
  });

  it.each([
    ['it listens and has no trust', { 'Tentacle.Communication.TrustedOctopusServers': '[]' }],
    ['it must not listen and is to be connected to', { 'Tentacle.Services.NoListen': 'True' }],
    ['its address is not one', { 'Tentacle.Services.ListenIP': 'any' }],
    ['its port is not one', { 'Tentacle.Services.PortNumber': '70000' }],
  ])('about a contradiction: %s', async (_, settings) => {
    const run = await checkAll({ ...listening(everywhere.port), ...settings });
    expectAgreement(run);
    const [configuration] = run.report.groups;
    expect(configuration?.checks.some(({ status }) => status === 'problem' || status === 'warning')).toBe(true);
  });

  itWith(anotherAccount(), 'as an account without rights, which finds no problem that root does not', async () => {
    const settings = listening(everywhere.port);
    const [asRoot, asNobody] = [await checkAll(settings), await checkAll(settings, NOBODY)];
    expectAgreement(asNobody);
    const problems = (run: Run): string[] =>
      run.report.groups.flatMap(({ checks }) => checks.flatMap(({ id, status }) => (status === 'problem' ? id : [])));
    expect(problems(asRoot)).toEqual(expect.arrayContaining(problems(asNobody)));
    expect(asNobody.report.counts.unknown).toBeGreaterThan(0);
  });
});
