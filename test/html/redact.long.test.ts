import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, type Command, type Ended, startPong } from '../binaries/command.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-redact-'));
const fileOf = (name: string): string => join(folder, name);

/** An address of this machine that is not loopback, which stays. */
const address = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

async function ping(...args: string[]): Promise<Ended> {
  const ended = await command('ping', args).ended;
  if (ended.status === 2) throw new Error(ended.stderr);
  return ended;
}

describe.skipIf(address === undefined)(`--redact${address === undefined ? ' (skipped: needs a network)' : ''}`, () => {
  let pong: Command & { port: number };
  /** Everything that identifies the two ends of these runs. */
  let originals: string[];
  beforeAll(async () => {
    pong = await startPong('--record', fileOf('pong.ndjson'));
    const { stdout } = await ping(
      `${address ?? ''}:${pong.port}`,
      '--count',
      '3',
      '--interval',
      '0',
      '--json',
      '--record',
      fileOf('run.ndjson'),
    );
    writeFileSync(fileOf('run.json'), stdout);
    const report = JSON.parse(stdout) as {
      peer: { thumbprint: string; ownThumbprint: string; certificate: { serial: string } };
    };
    originals = [address ?? '', report.peer.thumbprint, report.peer.ownThumbprint, folder];
    const { stdout: diagnosis } = await ping('diagnose', `${address ?? ''}:${pong.port}`, '--json');
    writeFileSync(fileOf('diagnosis.json'), diagnosis);
    const { stdout: check } = await ping('check', '--json', '--only', 'port,addresses,policy');
    writeFileSync(fileOf('check.json'), check);
  }, 60_000);
  afterAll(async () => {
    pong.process.kill();
    await pong.ended;
  });

  const expectNone = (text: string): void => {
    const lower = text.toLowerCase();
    for (const original of originals) {
      expect(lower).not.toContain(original.toLowerCase());
      expect(lower).not.toContain(Buffer.from(original).toString('hex'));
    }
    for (const short of originals.slice(1, 3)) expect(text).not.toContain(`${short.slice(0, 8)}..${short.slice(-4)}`);
  };

  it('the originals are in the results', () => {
    const text = ['run.json', 'diagnosis.json'].map((name) => readFileSync(fileOf(name), 'utf8')).join('');
    for (const original of originals.slice(0, 3)) expect(text).toContain(original);
  });

  it.each(['run.json', 'run.ndjson', 'pong.ndjson', 'diagnosis.json', 'check.json'])(
    'a page of %s has none of them',
    async (name) => {
      await ping('report', fileOf(name), '--html', fileOf('out.html'), '--redact');
      expectNone(readFileSync(fileOf('out.html'), 'utf8'));
      expect(readFileSync(fileOf('out.html'), 'utf8')).toContain('address-1');
    },
  );

  it.each([
    ['a run', ['--count', '2', '--interval', '0']],
    ['a diagnosis', ['diagnose']],
  ])('JSON and page of %s have none of them', async (_, args) => {
    const target = `${address ?? ''}:${pong.port}`;
    const { stdout } = await ping(...args, target, '--json', '--html', fileOf('live.html'), '--redact');
    expectNone(stdout);
    expectNone(readFileSync(fileOf('live.html'), 'utf8'));
    expect(JSON.parse(stdout)).toMatchObject({ target: { host: 'address-1' } });
  });

  it.each([
    ['compare', ['run.ndjson', 'pong.ndjson']],
    ['report', ['run.json', 'pong.ndjson']],
  ])('%s of the records of both ends has none of them', async (name, files) => {
    const json = name === 'compare' ? ['--json'] : [];
    const args = [name, ...files.map(fileOf), '--html', fileOf('ends.html'), '--redact', ...json];
    const { stdout } = await ping(...args);
    const page = readFileSync(fileOf('ends.html'), 'utf8');
    expectNone(page + stdout.replace(folder, ''));
    expect(page).toMatch(/id="(?:result-1-)?times"/);
  });

  it("pong's own JSON and page have none of them", async () => {
    const other = await startPong('--html', fileOf('summary.html'), '--redact', '--record', fileOf('other.ndjson'));
    await ping(`${address ?? ''}:${other.port}`, '--count', '1');
    other.process.kill('SIGTERM');
    const { stdout } = await other.ended;
    const page = readFileSync(fileOf('summary.html'), 'utf8');
    expectNone(stdout + page);
    expect(page).toContain('thumbprint-1');
    expect(readFileSync(fileOf('other.ndjson'), 'utf8')).toContain(address);
  });

  it('a check of this host does not name it', async () => {
    const { stdout } = await ping(
      'check',
      '--json',
      '--redact',
      '--only',
      'port,addresses,policy',
      '--html',
      fileOf('check.html'),
    );
    expectNone(stdout + readFileSync(fileOf('check.html'), 'utf8'));
    expect((JSON.parse(stdout) as { host: { name: string } }).host.name).not.toBe(hostname());
  });
});
