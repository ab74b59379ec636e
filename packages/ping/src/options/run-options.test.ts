import { parseArguments, UsageError } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import { PING } from './definitions.js';
import { type RunOptions, parseRunOptions } from './run-options.js';

async function plan(...argv: string[]): Promise<RunOptions> {
  const command = await parseArguments(PING, argv);
  if (command.kind !== 'run') throw new Error('help');
  return parseRunOptions(command.positionals, command.options);
}

const base = {
  mode: { kind: 'round-trips' },
  host: 'web01',
  port: 10933,
  warmup: 0,
  intervalUs: 500_000,
  concurrency: 1,
  timeoutUs: 10_000_000,
  reuse: false,
  tlsMin: 'TLSv1.2',
  level: 'auto',
};

describe('the options of a run', () => {
  it.each<[string[], object]>([
    [['web01'], {}],
    [['--count', '100', 'web01'], { count: 100 }],
    [['web01', '-c', '3', '-i', '0'], { count: 3, intervalUs: 0 }],
    [['web01', '--interval=20ms'], { intervalUs: 20_000 }],
    [['web01', '--interval', '0.2'], { intervalUs: 200_000 }],
    [['web01', '-W', '2s', '-w', '1m'], { timeoutUs: 2_000_000, deadlineUs: 60_000_000 }],
    [['web01', '-4'], { family: 4 }],
    [['-6', 'web01'], { family: 6 }],
    [['web01', '--reuse'], { reuse: true }],
    [['web01', '-t', 'aa:'.repeat(19) + 'aa'], { thumbprint: 'AA'.repeat(20) }],
    [['web01', '--level', 'tls'], { level: 'tls' }],
    [['--', 'web01'], {}],
    [['web01', '--rate', '50/s'], { perSecond: 50, intervalUs: 20_000 }],
    [['web01', '--rate', '30/m', '--warmup', '5'], { perSecond: 0.5, intervalUs: 2_000_000, warmup: 5 }],
    [['web01', '--concurrency', '8', '--duration', '1m'], { concurrency: 8, durationUs: 60_000_000 }],
    [['web01', '--address', '192.0.2.1'], { address: '192.0.2.1' }],
    [['web01', '--address', '[2001:db8::1]'], { address: '2001:db8::1' }],
    [['web01', '--servername', 'other.example'], { serverName: 'other.example' }],
    [['web01', '--no-sni'], { serverName: '' }],
    [['web01', '--tls-min', '1.0'], { tlsMin: 'TLSv1' }],
    [['web01', '--tls-min', '1.3'], { tlsMin: 'TLSv1.3' }],
    [['web01', '--pong-key', `${'ab:'.repeat(31)}ab`], { pongKey: 'AB'.repeat(32) }],
    [['web01', '--upload', '10MB'], { count: 1, mode: { kind: 'transfer', uploadBytes: 10_000_000 } }],
    [
      ['web01', '--download=1GiB', '--upload', '512', '--count', '3'],
      { count: 3, mode: { kind: 'transfer', uploadBytes: 512, downloadBytes: 1_073_741_824 } },
    ],
    [['web01', '--upload', '1k', '--reuse'], { count: 1, reuse: true, mode: { kind: 'transfer', uploadBytes: 1024 } }],
    [
      ['web01', '--sizes'],
      {
        count: 1,
        mode: { kind: 'sizes', ladderBytes: [1, 512, 1400, 1500, 4000, 16_000, 64_000, 1_000_000, 4_000_000] },
      },
    ],
    [['--sizes=64KB,1,1', 'web01'], { count: 1, mode: { kind: 'sizes', ladderBytes: [1, 64_000] } }],
  ])('%j', async (argv, more) => {
    expect(await plan(...argv)).toEqual({ ...base, ...more });
  });

  it('is frozen', async () => {
    expect(Object.isFrozen(await plan('web01'))).toBe(true);
  });

  /** For each: the parts of the one-line message: the option, the value, and what to use instead. */
  it.each<[string[], string[]]>([
    [[], ['tentacle-ping HOST']],
    [['web01', 'web02'], ['"web02"']],
    [
      ['web01', '--count', '-1'],
      ['--count', '"-1"', 'of 1 or more'],
    ],
    [
      ['web01', '--count', '0'],
      ['--count', '"0"', 'of 1 or more'],
    ],
    [
      ['web01', '--count', '10O'],
      ['--count', '"10O"', 'whole number'],
    ],
    [
      ['web01', '--count', '1.5'],
      ['--count', '"1.5"', 'whole number'],
    ],
    [['web01', '--count'], ['--count']],
    [['web01', '--count='], ['--count']],
    [
      ['web01', '-c', '1', '-c', '2'],
      ['-c', '2 times'],
    ],
    [
      ['web01', '--interval', 'soon'],
      ['--interval', '"soon"', '500ms, 10s or 2m'],
    ],
    [
      ['web01', '--interval', '-1s'],
      ['--interval', '"-1s"'],
    ],
    [
      ['web01', '--timeout', '0'],
      ['--timeout', '1ms'],
    ],
    [
      ['web01', '--timeout', '40000h'],
      ['--timeout', '24 days'],
    ],
    [
      ['web01', '-4', '-6'],
      ['-4', '-6'],
    ],
    [
      ['web01', '--cuont', '3'],
      ['--cuont', '--count'],
    ],
    [
      ['web01', '-y'],
      ['-y', '--help'],
    ],
    [
      ['web01', '--thumbprint', 'abc'],
      ['--thumbprint', '"abc"'],
    ],
    [
      ['web01', '--tls-min', '0.9'],
      ['--tls-min', '"0.9"', '1.0, 1.1, 1.2, 1.3'],
    ],
    [
      ['web01', '--tls-min', 'constructor'],
      ['--tls-min', '"constructor"'],
    ],
    [
      ['web01', '--pong-key', 'abc'],
      ['--pong-key', '3 digits', '64'],
    ],
    [
      ['web01', '--pong-key', 'A'.repeat(40)],
      ['--pong-key', '--thumbprint'],
    ],
    [
      ['web01', '--pong-key', 'A'.repeat(64), '--level', 'echo'],
      ['--pong-key', '--level "echo"'],
    ],
    [
      ['web01', '--rate', '0'],
      ['--rate', '10/s'],
    ],
    [
      ['web01', '--rate', 'fast'],
      ['--rate', '"fast"', '50/s'],
    ],
    [
      ['web01', '--rate', '1000000'],
      ['--rate', '100000/s'],
    ],
    [
      ['web01', '--rate', '5/s', '--interval', '1s'],
      ['--rate', '--interval'],
    ],
    [
      ['web01', '--duration', '0'],
      ['--duration', '1ms'],
    ],
    [
      ['web01', '--concurrency', '0'],
      ['--concurrency', '"0"', 'from 1 to 1000'],
    ],
    [
      ['web01', '--warmup', 'x'],
      ['--warmup', '"x"'],
    ],
    [
      ['web01', '--address', 'web02'],
      ['--address', '"web02"', '192.0.2.10'],
    ],
    [
      ['web01', '--address', '192.0.2.1', '-4'],
      ['--address', '-4'],
    ],
    [
      ['web01', '--no-sni', '--servername', 'a'],
      ['--no-sni', '--servername'],
    ],
    [
      ['web01', '--servername', '192.0.2.1'],
      ['--servername', '"192.0.2.1"'],
    ],
    [
      ['web01', '--servername', 'a b'],
      ['--servername', '"a b"'],
    ],
    [
      ['web01', '--level', 'tcp'],
      ['--level', '"tcp"', 'auto, tls'],
    ],
    [
      ['web01', '--upload', 'big'],
      ['--upload', '"big"', '64KB, 10MB or 1GiB'],
    ],
    [
      ['web01', '--upload', '0'],
      ['--upload', '"0"', '1 to 1099511627776'],
    ],
    [
      ['web01', '--upload', '2TiB'],
      ['--upload', '"2TiB"', '1 to 1099511627776'],
    ],
    [['web01', '--upload'], ['--upload']],
    [
      ['web01', '--upload', '1MB', '--level', 'tls'],
      ['--upload', '--level "tls"'],
    ],
    [
      ['web01', '--sizes', '--level', 'echo'],
      ['--sizes', '--level "echo"'],
    ],
    [
      ['web01', '--sizes', '--upload', '1MB'],
      ['--sizes', '--upload'],
    ],
    [
      ['web01', '--upload', '1MB', '--idle'],
      ['--upload', '--idle'],
    ],
    [
      ['web01', '--sizes', '--count', '3'],
      ['--sizes', '--count'],
    ],
    [
      ['web01', '--sizes', '--pong-key', 'ab'.repeat(32)],
      ['--sizes', '--pong-key'],
    ],
    [
      ['web01', '--sizes', '--reuse'],
      ['--sizes', '--reuse'],
    ],
    [
      ['--sizes', 'web01'],
      ['--sizes', '"web01"', 'tentacle-ping HOST --sizes'],
    ],
    [
      ['web01', '--sizes', '1,,2'],
      ['--sizes', '"1,,2"'],
    ],
    [
      ['web01', '--sizes', '1,2x'],
      ['--sizes', '"2x"'],
    ],
    [
      ['web01', '--sizes', '2GiB'],
      ['--sizes', '"2GiB"', '1 to 1073741824'],
    ],
    [
      ['web01', '--sizes', Array.from({ length: 33 }, (_, index) => index + 1).join()],
      ['--sizes', '33', '32'],
    ],
  ])('%j is rejected in one line', async (argv, parts) => {
    const error = await plan(...argv).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UsageError);
    for (const part of parts) expect((error as Error).message).toContain(part);
    expect((error as Error).message).not.toContain('\n');
  });
});

describe('--idle', () => {
  const S = 1_000_000;

  it.each<[string[], object]>([
    [['web01', '--idle'], { fromUs: 5 * S, toUs: 900 * S, floorUs: 0 }],
    [['web01', '--idle', '--json'], { fromUs: 5 * S, toUs: 900 * S, floorUs: 0 }],
    [['--idle', '2m', 'web01'], { fromUs: 5 * S, toUs: 120 * S, floorUs: 0 }],
    [['web01', '--idle=3s'], { fromUs: 187_500, toUs: 3 * S, floorUs: 0 }],
    [['web01', '--idle', '30s..5m'], { fromUs: 30 * S, toUs: 300 * S, floorUs: 30 * S }],
    [['web01', '--idle', '60..60'], { fromUs: 60 * S, toUs: 60 * S, floorUs: 60 * S }],
  ])('%j', async (argv, bounds) => {
    expect((await plan(...argv)).mode).toEqual({ kind: 'idle', ...bounds });
  });

  it.each([
    [
      ['--idle', 'web01'],
      ['--idle', '"web01"', 'tentacle-ping HOST --idle'],
    ],
    [
      ['web01', '--idle', '5m..30s'],
      ['--idle', '"5m..30s"'],
    ],
    [
      ['web01', '--idle', '1s..2s..3s'],
      ['--idle', '"1s..2s..3s"', '30s..5m'],
    ],
    [
      ['web01', '--idle', '..3s'],
      ['--idle', '"..3s"'],
    ],
    [
      ['web01', '--idle', '3s..'],
      ['--idle', '"3s.."'],
    ],
    [
      ['web01', '--idle', '0'],
      ['--idle', '"0"', '50ms'],
    ],
    [
      ['web01', '--idle', '5 parsecs'],
      ['--idle', '"5 parsecs"'],
    ],
    [
      ['web01', '--idle', '--count', '3'],
      ['--idle', '--count'],
    ],
    [
      ['web01', '--idle', '--interval', '3s'],
      ['--idle', '--interval'],
    ],
    [
      ['web01', '--idle', '--rate', '3/s'],
      ['--idle', '--rate'],
    ],
    [
      ['web01', '--idle', '--duration', '3s'],
      ['--idle', '--duration'],
    ],
    [
      ['web01', '--idle', '--warmup', '3'],
      ['--idle', '--warmup'],
    ],
    [
      ['web01', '--idle', '--concurrency', '3'],
      ['--idle', '--concurrency'],
    ],
    [
      ['web01', '--idle', '--reuse'],
      ['--idle', '--reuse'],
    ],
    [
      ['web01', '--idle', '--level', 'tls'],
      ['--idle', '--level tls'],
    ],
    [
      ['web01', '--idle', '--level', 'identity'],
      ['--idle', '--level identity'],
    ],
  ])('%j is rejected in one line', async (argv, parts) => {
    await expect(plan(...argv)).rejects.toThrow(UsageError);
    for (const part of parts) await expect(plan(...argv)).rejects.toThrow(part);
  });
});
