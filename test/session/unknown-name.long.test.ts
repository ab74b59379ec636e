import { describe, expect, it } from 'vitest';
import { command } from '../binaries/command.js';
import type { Report } from '../../packages/ping/src/report/report.js';

/** A label that is too long: the system's resolver reports it as unknown without a query. */
const UNKNOWN = `${'a'.repeat(64)}.example`;

async function measured(...args: readonly string[]): Promise<Report & { status: number | null }> {
  const { status, stdout } = await command('ping', [...args, '--json', '--quiet']).ended;
  return { ...(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Report), status };
}

describe('a name that does not exist', () => {
  it('ends a run without an end at its first attempt, as ping does', async () => {
    const { attempts, verdict, status } = await measured(UNKNOWN, '--interval', '0');
    expect(attempts).toEqual({ sent: 1, ok: 0, failed: 1, cancelled: 0 });
    expect(verdict.id).toBe('dns.not-found');
    expect(status).toBe(1);
  });

  it.each([
    ['--count', '3', 3],
    ['--duration', '20ms', undefined],
    ['--deadline', '300ms', undefined],
  ] as const)('does not end a run with %s: it may be waiting for the name', async (option, value, sent) => {
    const { attempts } = await measured(UNKNOWN, '--interval', '1ms', option, value);
    if (sent === undefined) expect(attempts.sent).toBeGreaterThan(1);
    else expect(attempts.sent).toBe(sent);
  });

  it('ends only its own attempts where there are several hosts', async () => {
    const { status, stdout } = await command('ping', [UNKNOWN, '127.0.0.1:1', '--json', '--quiet']).ended;
    const { targets } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
      targets: { host: string; verdict: { id: string } }[];
    };
    expect(targets.map(({ host, verdict }) => [host, verdict.id])).toEqual([
      [UNKNOWN, 'dns.not-found'],
      ['127.0.0.1', 'tcp.refused'],
    ]);
    expect(status).toBe(1);
  });
});
