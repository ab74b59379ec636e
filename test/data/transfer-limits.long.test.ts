import { afterEach, expect, it } from 'vitest';
import type { Report } from '../../packages/ping/src/report/report.js';
import { type Command, command, startPong, summaryOf } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';

/* The limits that tentacle-pong is started with, as the user of tentacle-ping sees them. */

let pong: Command & { port: number };
afterEach(() => void pong.process.kill('SIGKILL'));

async function measured(...args: readonly string[]): Promise<{ report: Report; status: number | null }> {
  const { stdout, status } = await command('ping', [`127.0.0.1:${pong.port}`, ...args, '--json', '--quiet']).ended;
  return { report: reportOf(stdout), status };
}

/** Stops pong and returns its summary. */
async function summary(): Promise<{ transfers?: unknown; endings: Readonly<Record<string, number>> }> {
  pong.process.kill('SIGINT');
  return summaryOf(await pong.ended);
}

it.each(['upload', 'download'])(
  'an %s above the limit of one is refused, and a smaller one is served',
  async (option) => {
    pong = await startPong('--transfer-limit', '1MB');
    const refused = await measured(`--${option}`, '40MB');
    expect(refused.status).toBe(1);
    expect(refused.report.verdict).toMatchObject({ id: 'data.peer-limit', certainty: { kind: 'conclusive' } });
    expect(refused.report.verdict.means).toContain('--transfer-limit');
    const commands = refused.report.verdict.next.map(({ linux = '' }) => linux).join('\n');
    expect(commands).toMatch(
      new RegExp(`tentacle-pong --port ${pong.port} --trust [0-9A-F]{40} --transfer-limit 20GiB`),
    );
    expect((await measured(`--${option}`, '1MB')).report.verdict.id).toBe('ok');
    const { transfers } = await summary();
    expect(transfers).toMatchObject({ refused: 1, cut: 0 });
  },
);

it.each(['upload', 'download'])(
  'an %s that takes longer than the limit is cut, at both ends by name',
  async (option) => {
    pong = await startPong(
      '--transfer-limit',
      '100GiB,500ms',
      '--transfer-limit-per-address',
      'none',
      '--transfer-limit-total',
      'none',
    );
    const { report } = await measured(`--${option}`, '90GiB');
    expect(report.verdict).toMatchObject({ id: 'data.peer-limit' });
    const [transfer] = report.transfers ?? [];
    expect(transfer?.movedBytes).toBeGreaterThan(0);
    const { transfers, endings } = await summary();
    expect(transfers).toMatchObject({ refused: 0, cut: 1 });
    expect(endings).toMatchObject({ 'rpc.transfer-limit': 1 });
  },
);

it('the transfers of an address within an hour add up, and calls go on', async () => {
  pong = await startPong('--transfer-limit-per-address', '3MB');
  const { report } = await measured('--download', '1MB', '-c', '5', '-i', '0');
  expect(report.outcomes).toMatchObject({ ok: 2, 'data.peer-limit': 3 });
  expect(report.verdict.id).toBe('data.peer-limit');
  expect(report.verdict.means).toContain('--transfer-limit-per-address');
  expect((await measured('-c', '3', '-i', '0')).report.verdict.id).toBe('ok');
});

it('a search over sizes names the limit of tentacle-pong, and none of the path', async () => {
  pong = await startPong('--transfer-limit', '100KB');
  const { report } = await measured('--sizes', '1,64KB,200KB,1MB');
  expect(report.verdict.id).toBe('data.peer-limit');
  for (const found of [report.sizes?.upload, report.sizes?.download]) {
    expect(found).toMatchObject({ largestOkBytes: 64_000 });
    expect(found).not.toHaveProperty('smallestFailedBytes');
  }
});
