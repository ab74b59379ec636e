import { spawnSync } from 'node:child_process';
import { it } from 'vitest';
import { type Component, program } from './components.js';

export { type Component, program };

/** Network and mount namespaces of our own, in which routes, resolvers and limits can be anything. */
export function namespaces(): Component {
  const name = 'network namespaces';
  const lacking = ['ip', 'unshare', 'sysctl'].find((needed) => program(needed).missing !== undefined);
  if (lacking !== undefined) return { name, missing: `there is no ${lacking} here` };
  const made = spawnSync('unshare', ['-n', '-m', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  return { name, missing: made ? undefined : 'namespaces cannot be made here (that needs Linux and root)' };
}

/** A test that is skipped by name where what it needs is missing, and fails there when CI says that all must be there. */
export function itWith(
  needs: Component | undefined,
  title: string,
  body: () => Promise<void>,
  timeoutMs?: number,
): void {
  if (needs?.missing === undefined) it(title, body, timeoutMs);
  else if (process.env['CI'] === 'true') {
    it(title, () => {
      throw new Error(`CI must have everything, and ${needs.missing ?? ''}`);
    });
  } else it.skip(`${title} (skipped: ${needs.missing})`, body);
}
