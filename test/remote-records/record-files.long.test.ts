import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EndsComparison } from '../../packages/ping/src/compare/ends-comparison.js';
import { readRecordFile } from '../../packages/ping/src/remote-records/read-record-file.js';
import { command, startPong } from '../binaries/command.js';
import { Lab } from '../lab/lab.js';
import { routed } from '../lab/network.js';
import { binary } from '../lab/programs.js';
import { itWith, namespaces } from '../real-components.js';

const directory = mkdtempSync(join(tmpdir(), 'tentacle-records-'));
afterAll(() => rmSync(directory, { recursive: true }));

let fileCount = 0;
const fileFor = (name: string): string => join(directory, `${++fileCount}-${name}`);

/** A pair that records, and how pong ends. */
async function recorded(signal: 'SIGTERM' | 'SIGKILL', ...more: string[]) {
  const [ping, pong] = [fileFor('ping.ndjson'), fileFor('pong.ndjson')];
  const there = await startPong('--record', pong);
  const args = [`127.0.0.1:${there.port}`, '-c', '20', '-i', '0', '--record', ping, '--json', ...more];
  const { status, stdout } = await command('ping', args).ended;
  there.process.kill(signal);
  await there.ended;
  return { ping, pong, status, report: stdout };
}

const linesOf = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

async function compared(ping: string, pong: string) {
  const { status, stdout, stderr } = await command('ping', ['compare', ping, pong, '--json']).ended;
  expect(stderr).toBe('');
  return { status, ends: JSON.parse(stdout) as EndsComparison };
}

describe('record files', () => {
  it('of both ends are joined without a connection, from records or from the report', async () => {
    const { ping, pong, status, report } = await recorded('SIGTERM');
    expect(status).toBe(0);
    const reportFile = fileFor('ping.json');
    writeFileSync(reportFile, report);
    expect(linesOf(ping)).toHaveLength(22);
    // And the connection that fetched the records.
    expect(linesOf(pong)).toHaveLength(23);
    for (const attempts of [ping, reportFile]) {
      const { status, ends } = await compared(attempts, pong);
      expect(status).toBe(0);
      expect(ends.otherEnd.attempts).toMatchObject({ sent: 20, arrived: 20, unknown: 0 });
      expect(ends.otherEnd.joinedBy).toEqual({ activity: 20 });
      const { differenceUs = Number.NaN, uncertaintyUs = 0 } = ends.otherEnd.clock ?? {};
      expect(Math.abs(differenceUs)).toBeLessThanOrEqual(uncertaintyUs);
    }
    const { stdout } = await command('ping', ['compare', pong, ping]).ended;
    expect(stdout).toMatch(/\b20 attempts arrived/);
  });

  it('of a pong that is killed hold every connection up to then, and a new run begins on a line of its own', async () => {
    const { ping, pong } = await recorded('SIGKILL');
    expect(linesOf(pong).length).toBeGreaterThanOrEqual(21);
    expect((await compared(ping, pong)).ends.otherEnd.attempts).toMatchObject({ arrived: 20, neverArrived: 0 });
    // Killed in the middle of a line.
    appendFileSync(pong, '{"record":{"connectionId":"1b4');
    const again = await startPong('--record', pong);
    again.process.kill('SIGTERM');
    await again.ended;
    const { ends } = await compared(ping, pong);
    expect(ends.unreadable).toBe(1);
    expect(ends.otherEnd.attempts.arrived).toBe(20);
    expect(await readRecordFile(pong)).toMatchObject({ kind: 'pong', complete: [{}] });
  });

  it('cut at any byte are read as far as they go', async () => {
    const { pong } = await recorded('SIGTERM', '--level', 'tls');
    const bytes = readFileSync(pong);
    const cut = fileFor('cut.ndjson');
    let before = 0;
    for (let length = 0; length <= bytes.length; length += 37) {
      writeFileSync(cut, bytes.subarray(0, length));
      const read = await readRecordFile(cut);
      const count = read?.kind === 'pong' ? read.records.length : 0;
      expect(count).toBeGreaterThanOrEqual(before);
      if (length > bytes.indexOf('\n')) expect(read?.kind).toBe('pong');
      before = count;
    }
    expect(before).toBeGreaterThanOrEqual(19);
  });

  it.each(['/', '/no/such/folder/file', '/dev/full'])(
    '%s cannot be written: one line, before anything starts',
    async (path) => {
      for (const ended of [
        await command('ping', ['127.0.0.1:1', '-c', '1', '--record', path]).ended,
        await command('pong', ['--port', '0', '--record', path]).ended,
      ]) {
        expect(ended.status).toBe(2);
        expect(ended.stdout).toBe('');
        expect(ended.stderr).toMatch(/^tentacle-p[io]ng: --record: .* cannot be written: [^\n]*\n$/);
      }
    },
  );

  it('that cannot be compared are rejected in one line', async () => {
    const { ping, pong } = await recorded('SIGTERM', '-q');
    for (const files of [
      [pong, ping, pong.replace('pong', 'gone')],
      [pong, fileFor('gone')],
    ]) {
      const { status, stderr } = await command('ping', ['compare', ...files]).ended;
      expect(status).toBe(2);
      expect(stderr).toMatch(/^tentacle-ping: .*\n$/);
    }
  });

  itWith(namespaces(), 'on a disk that fills up: one warning, and the measurement goes on', async () => {
    const small = 'mount -t tmpfs -o size=16k tmpfs /mnt && exec "$@"';
    const pong = await startPong();
    const lab = await Lab.open();
    try {
      const ping = [
        process.execPath,
        binary('ping'),
        `127.0.0.1:${pong.port}`,
        '--record',
        '/mnt/r',
        '-c',
        '100',
        '-i',
        '0',
        '-q',
      ];
      const run = lab.start(['unshare', '-m', 'sh', '-ec', small, 'sh', ...ping], { XDG_CONFIG_HOME: lab.directory });
      const [status] = (await once(run.process, 'close')) as [number];
      expect(status).toBe(0);
      expect(run.output.stderr.match(/--record: .*the disk is full/g)).toHaveLength(1);
      expect(run.output.stdout).toContain('100 attempts, 100 ok');
    } finally {
      pong.process.kill();
      await lab.end();
    }
  });

  itWith(namespaces(), 'show afterwards which attempts never arrived, and which cause is left', async () => {
    const lab = await Lab.open();
    try {
      const { here, router, there, address } = routed(lab);
      const [pingFile, pongFile] = [join(lab.directory, 'ping.ndjson'), join(lab.directory, 'pong.ndjson')];
      const pong = lab.startPong(['--record', pongFile], there.prefix);
      const [, port = ''] = await pong.printed(/"port":(\d+)/);
      router.firewall('forward', `tcp dport ${port} tcp flags & (syn | ack) == syn numgen inc mod 60 == 4 drop`);
      const args = ['-c', '30', '-i', '100ms', '-W', '800ms', '-q', '--record', pingFile];
      const ping = lab.start([...here.prefix, process.execPath, binary('ping'), `${address}:${port}`, ...args], {
        XDG_CONFIG_HOME: lab.directory,
      });
      await once(ping.process, 'close');
      const closed = once(pong.process, 'close');
      pong.process.kill('SIGTERM');
      await closed;
      const { status, ends } = await compared(pingFile, pongFile);
      expect(status).toBe(1);
      expect(ends.otherEnd.attempts).toMatchObject({ sent: 30, arrived: 29, neverArrived: 1, unknown: 0 });
      expect(ends.failures).toMatchObject([{ id: 'tcp.timeout', certainty: { kind: 'conclusive' } }]);
      expect(ends.failures[0]?.says).toMatch(/\b1 failed attempt\b/);
    } finally {
      await lab.end();
    }
  });
});
