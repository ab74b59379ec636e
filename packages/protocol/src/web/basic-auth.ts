import { createHmac, randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/** Whether a request may go on. `busy`: too many passwords are being compared. */
export type AuthResult = 'accepted' | 'rejected' | 'busy';

/**
 * A hash that no password has, for names that are not users: they must take as long as users do. Its cost is replaced by
 * that of the users.
 */
const NO_DIGEST = `${'.'.repeat(21)}.${'.'.repeat(31)}`;

/** Each user of the file may come with a wrong password too. */
const CACHED_MAX = 200;

/** A comparison takes about 0.1 s, and no client waits for much longer than a second. */
const WAITING_MAX = 8;

/** After a wrong password, the next comparison waits for twice as long as this one took: guesses get a third of the time. */
const PAUSE_SHARE = 2;

/**
 * Basic authentication with bcrypt. Results are remembered, so that a scrape does not cost a comparison: under a key of
 * this process, so that memory holds no password.
 */
export class BasicAuth {
  readonly #key = randomBytes(32);
  readonly #accepted = new Set<string>();
  readonly #rejected = new Set<string>();
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param header of the request. @param users hashes by name; empty: every request is accepted. */
  async check(header: string | undefined, users: ReadonlyMap<string, string>): Promise<AuthResult> {
    if (users.size === 0) return 'accepted';
    const credentials = readCredentials(header);
    if (credentials === undefined) return 'rejected';
    const { user, password } = credentials;
    const hash = users.get(user);
    const compared = hash ?? noUserHash(users);
    const name = createHmac('sha256', this.#key)
      .update(JSON.stringify([user, hash ?? '', password]))
      .digest('base64');
    if (this.#accepted.has(name)) return 'accepted';
    if (this.#rejected.has(name)) return 'rejected';
    if (this.#waiting >= WAITING_MAX) return 'busy';
    const isEqual = await this.#compare(password, compared);
    const isAccepted = isEqual && hash !== undefined;
    // Apart from each other: guesses displace no known password.
    remember(isAccepted ? this.#accepted : this.#rejected, name);
    return isAccepted ? 'accepted' : 'rejected';
  }

  /** One at a time, because it computes on the thread of the probes. */
  async #compare(password: string, hash: string): Promise<boolean> {
    this.#waiting++;
    let pauseMs = 0;
    const compared = this.#last.then(async () => {
      // Only a port with users needs it.
      const { default: bcrypt } = await import('bcryptjs');
      const startedMs = performance.now();
      const isEqual = await bcrypt.compare(password, hash);
      pauseMs = isEqual ? 0 : PAUSE_SHARE * (performance.now() - startedMs);
      return isEqual;
    });
    this.#last = compared.catch(() => false).then(async () => new Promise((resolve) => setTimeout(resolve, pauseMs)));
    return compared.finally(() => this.#waiting--);
  }
}

function readCredentials(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

function noUserHash(users: ReadonlyMap<string, string>): string {
  const costs = [...users.values()].map((hash) => hash.slice(4, 6));
  return `$2b$${costs.sort().at(-1) ?? '10'}$${NO_DIGEST}`;
}

function remember(names: Set<string>, name: string): void {
  names.add(name);
  const [oldest] = names;
  if (names.size > CACHED_MAX && oldest !== undefined) names.delete(oldest);
}
