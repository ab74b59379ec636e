import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { itWith, linux } from '../real-components.js';

/** The part of a result that this test reads. */
interface Result {
  readonly before: { readonly handles: number };
  readonly after: { readonly handles: number; readonly sockets: number };
  readonly account: { readonly attempts: number; readonly differences: readonly string[] };
  readonly polling: { readonly ok: number };
}

const PROGRAM = fileURLToPath(new URL('../../scripts/dist/soak.js', import.meta.url));

/** Two minutes in continuous integration; `npm run soak` takes an hour. */
const DURATION = process.env['CI'] === undefined ? '12s' : '2m';

itWith(
  linux,
  'pong has no handle or socket left of its clients, and both ends count the same',
  async () => {
    const stdout = await new Promise<string>((resolve, reject) => {
      // Its exit status also judges memory, which has no slope yet after a few seconds.
      execFile(process.execPath, [PROGRAM, '--duration', DURATION, '--json'], (error, output) => {
        if (output === '') reject(error ?? new Error('the soak printed nothing'));
        else resolve(output);
      });
    });
    const { before, after, account, polling } = JSON.parse(stdout) as Result;
    expect(account.attempts).toBeGreaterThan(0);
    expect(account.differences).toEqual([]);
    expect(polling.ok).toBeGreaterThan(0);
    expect(after.sockets).toBe(0);
    expect(after.handles).toBeLessThanOrEqual(before.handles);
  },
  400_000,
);
