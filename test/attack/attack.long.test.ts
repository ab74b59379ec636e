import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { itWith, linux } from '../real-components.js';

/** The part of a result that this test reads. */
interface Result {
  readonly attack: string;
  readonly peakRssBytes?: number;
  readonly ping: { readonly sent: number; readonly ok: number };
  readonly counts: { readonly connected: number };
  readonly account?: { readonly differences: readonly string[] };
}

const PROGRAM = fileURLToPath(new URL('../../scripts/dist/attack.js', import.meta.url));

/** The goal of `npm run attack`, which also judges times. */
const RSS_MAX_BYTES = 400_000_000;

/** Short: an attack shows here that it is survived and accounted for. */
const SECONDS = '1';

/** Runs one attack. Its exit status is of no interest: on a busy machine, times break their bounds. */
async function attack(name: string): Promise<Result> {
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [PROGRAM, '--only', name, '--seconds', SECONDS, '--json'], (error, output) => {
      if (output === '') reject(error ?? new Error(`${name} printed nothing`));
      else resolve(output);
    });
  });
  return JSON.parse(stdout) as Result;
}

/** One of each kind: the others differ in the amount, or need minutes. */
const NAMES = [
  'silent',
  'connect-and-close',
  'client-hellos',
  'slow-identity',
  'broken-records',
  'pages',
  'inflating',
  'downloads',
];

for (const name of NAMES) {
  itWith(linux, `${name}: a healthy ping beside it succeeds, and both ends count the same connections`, async () => {
    const { ping, peakRssBytes, counts, account } = await attack(name);
    expect(counts.connected).toBeGreaterThan(0);
    expect(ping.ok).toBe(ping.sent);
    expect(account?.differences).toEqual([]);
    expect(peakRssBytes).toBeLessThan(RSS_MAX_BYTES);
  });
}
