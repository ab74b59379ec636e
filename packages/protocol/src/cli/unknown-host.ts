import { lookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The answer only improves a message: a resolver that needs longer than this is left to the program itself. */
const LIMIT_MS = 3000;

/** Whether the resolver answers that no host has this name; false also where it does not answer. */
export async function isUnknownHost(name: string): Promise<boolean> {
  const isUnknown = lookup(name).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOTFOUND',
  );
  return Promise.race([isUnknown, sleep(LIMIT_MS, false, { ref: false })]);
}
