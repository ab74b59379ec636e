import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../../packages/ping/src/compare/comparison.js';
import { relay } from '../peers/relay.js';
import { type Command, command, startPong } from './command.js';
import { binomialCdf } from '../../packages/ping/src/compare/statistics/distributions.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-compare-'));

/** Measures, and saves the report like a user. */
async function measured(name: string, port: number, ...args: string[]): Promise<string> {
  const { stdout } = await command('ping', [`127.0.0.1:${port}`, '--json', '-q', ...args]).ended;
  const path = join(folder, name);
  writeFileSync(path, stdout);
  return path;
}

async function compared(...args: string[]): Promise<{ status: number | null; comparison: Comparison }> {
  const { status, stdout, stderr } = await command('ping', ['compare', ...args, '--json']).ended;
  expect(stderr).toBe('');
  return { status, comparison: JSON.parse(stdout) as Comparison };
}

const PAIRS = Number(process.env['TENTACLE_COMPARE_PAIRS'] ?? 4);

/** Twice this for each round trip: more than a busy machine adds to half of them. */
const DELAY_MS = 20;

describe('compare, with real runs', () => {
  let pong: Command & { port: number };
  beforeAll(async () => {
    pong = await startPong();
  });
  afterAll(() => pong.process.kill());

  it('a pong behind a slow relay is slower by the delay of the relay', async () => {
    const slow = await relay(pong.port, (from, chunk, sides) => {
      const to = from === 'connector' ? sides.listener : sides.connector;
      // Timers of equal length fire in the order in which they were set, so chunks keep their order.
      setTimeout(() => to.destroyed || to.write(chunk), DELAY_MS);
      return undefined;
    });
    // Both at the same time, so that the machine's load is the same for both, and long enough for its changes to even out.
    const [direct, slowed] = await Promise.all(
      [pong.port, slow.port].map((port) => measured(`${port}.json`, port, '-c', '40', '-i', '200ms')),
    );
    if (direct === undefined || slowed === undefined) throw new Error('not measured');
    const { status, comparison } = await compared(direct, slowed);
    expect(status).toBe(1);
    const [pair] = comparison.pairs;
    expect(pair?.verdict).toMatchObject({ id: 'differs', title: expect.stringMatching(/^B .* A$/) as string });
    expect(pair?.conditions).toContainEqual({
      kind: 'port',
      reference: String(pong.port),
      candidate: String(slow.port),
    });
    const rpc = pair?.stages.find(({ stage }) => stage === 'rpc');
    // Timers may fire a millisecond early; there is one in each direction.
    expect(rpc?.quantiles[0]?.candidateUs).toBeGreaterThan(2 * (DELAY_MS - 1) * 1000);
    expect(rpc?.longerShare).toBeGreaterThan(0.9);

    const back = await compared(slowed, direct);
    expect(back.comparison.pairs[0]?.verdict.title).toMatch(/^A .* B$/);
  });

  // For a hundred pairs, set TENTACLE_COMPARE_PAIRS=100. Both at the same time, so that the machine's load is the same for both.
  it(`${PAIRS} pairs of equal runs: no more false alarms than documented`, {
    timeout: 30_000 + PAIRS * 10_000,
  }, async () => {
    let alarms = 0;
    for (let pair = 1; pair <= PAIRS; pair++) {
      const two = ['x', 'y'].map((name) => measured(`${name}${pair}.json`, pong.port, '-c', '40', '-i', '20ms'));
      const { status, comparison } = await compared(...(await Promise.all(two)));
      expect(status).toBeLessThan(2);
      if (comparison.pairs[0]?.verdict.id === 'differs') alarms++;
    }
    if (PAIRS > 10) process.stdout.write(`${alarms} false alarms in ${PAIRS} comparisons of equal runs\n`);
    expect(1 - binomialCdf(alarms - 1, PAIRS, 0.01)).toBeGreaterThan(1e-5);
  });

  it('with a lower level, only the stages of both are compared', async () => {
    const echo = await measured('echo.json', pong.port, '-c', '10', '-i', '0');
    const tls = await measured('tls.json', pong.port, '-c', '10', '-i', '0', '--level', 'tls');
    const { comparison } = await compared(echo, tls);
    const [pair] = comparison.pairs;
    expect(pair?.stages.map(({ stage }) => stage)).toEqual(['tcp', 'tls']);
    expect(pair?.notCompared.map(({ stage }) => stage)).toEqual(['identity', 'rpc', 'total']);
  });

  it('a closed port is a difference, reported with its id', async () => {
    const there = await measured('there.json', pong.port, '-c', '30', '-i', '0');
    const gone = await startPong();
    gone.process.kill();
    await gone.ended;
    const refused = await measured('refused.json', gone.port, '-c', '30', '-i', '0');
    const { status, stdout } = await command('ping', ['compare', there, refused]).ended;
    expect(status).toBe(1);
    expect(stdout).toMatch(/^\S+ B .* A \(differs\)$/m);
    expect(stdout).toMatch(/^tcp\.refused +0 of 30 +30 of 30 .* more$/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    // The same failure on both sides is not a difference.
    const again = await measured('again.json', gone.port, '-c', '30', '-i', '0');
    const { comparison, status: alike } = await compared(refused, again);
    expect(alike).toBe(0);
    expect(comparison.pairs[0]?.verdict.id).toBe('both-show-it');
  });

  it.each([
    [['/no/such/file.json'], /no such file/],
    [[], /compare FILE FILE/],
  ])('%j: one line, exit status 2', async (args, message) => {
    const { status, stdout, stderr } = await command('ping', ['compare', ...args]).ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
  });

  it('a diagnosis is not a report: one line, exit status 2', async () => {
    const diagnosis = join(folder, 'diagnosis.json');
    writeFileSync(
      diagnosis,
      (await command('ping', ['diagnose', `127.0.0.1:${pong.port}`, '--json', '-q']).ended).stdout,
    );
    const there = await measured('one.json', pong.port, '-c', '5', '-i', '0');
    const { status, stderr } = await command('ping', ['compare', there, diagnosis]).ended;
    expect(status).toBe(2);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+"tentacle-ping\/diagnosis\/1"[^\n]+\n$/);
  });
});
