import { spawnSync } from 'node:child_process';
import { describe, it } from 'vitest';
import { type Component, program } from './components.js';

export { type Component, program };

/** Network and mount namespaces, in which a test can set up any routes, resolvers and limits. */
export function namespaces(): Component {
  const name = 'network namespaces';
  const lacking = ['ip', 'unshare', 'sysctl'].find((needed) => program(needed).missing !== undefined);
  if (lacking !== undefined) return { name, missing: `${lacking} is not installed` };
  const isAvailable = spawnSync('unshare', ['-n', '-m', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  return { name, missing: isAvailable ? undefined : 'namespaces cannot be created (this requires Linux and root)' };
}

/** Linux: its /proc, and a loopback device with all addresses of 127.0.0.0/8. */
export const linux: Component = {
  name: 'Linux',
  missing: process.platform === 'linux' ? undefined : 'it needs Linux',
};

/** Defines a test that is skipped, with the reason, if its component is missing. With CI=true it fails instead. */
export function itWith(
  needs: Component | undefined,
  title: string,
  body: () => Promise<void>,
  timeoutMs?: number,
): void {
  if (needs?.missing === undefined) it(title, body, timeoutMs);
  else if (process.env['CI'] === 'true' && needs.absentInCi === undefined) failInCi(title, needs.missing);
  else it.skip(`${title} (skipped: ${needs.missing})`, body);
}

/** Defines a group of tests in the same way. */
export function describeWith(needs: Component | undefined, title: string, body: () => void): void {
  if (needs?.missing === undefined) describe(title, body);
  else if (process.env['CI'] === 'true' && needs.absentInCi === undefined) failInCi(title, needs.missing);
  else describe.skip(`${title} (skipped: ${needs.missing})`, body);
}

function failInCi(title: string, missing: string): void {
  it(title, () => {
    throw new Error(`CI must have every component, and ${missing}`);
  });
}
