import { getServers } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { Deadline, literalAddress, nowUs, resolveName, sight } from 'tentacle-protocol';
import { newTrail } from '../contact.js';
import type { Json } from '../diagnosis.js';
import type { Finding, Inquiry } from '../inquiry.js';

/** Octopus looks a name up for every new connection: a second is felt in each of them. */
const SLOW_US = 1_000_000;

/** A resolver asked alone gets this long; the system's own time-outs are 2 to 5 s. */
const RESOLVER_MS = 3000;

/** More addresses than a name has in practice; each one costs a connection. */
const ADDRESSES_MAX = 16;

/** The name: every address of it, and how long the answer took. Where it fails, each resolver is asked alone. */
export async function name(inquiry: Inquiry): Promise<Finding> {
  const { plan } = inquiry;
  if (literalAddress(plan.host) !== undefined) {
    inquiry.addresses = [plan.host];
    return { status: 'skipped', title: 'an address was given, so no name is looked up' };
  }
  const trail = newTrail(inquiry);
  const deadline = Deadline.inUs(plan.timeoutUs);
  const startedUs = nowUs();
  try {
    const found = await trail.stage('dns', () => resolveName(plan.host, plan.family, deadline, inquiry.signal));
    const durationUs = nowUs() - startedUs;
    // A name may be given twice, once for each kind of socket.
    inquiry.addresses = [...new Set(found.map(({ address }) => address))].slice(0, ADDRESSES_MAX);
    const slow = durationUs >= SLOW_US;
    if (slow)
      inquiry.warn(
        'dns.slow',
        `Every new connection to ${plan.host} waits ${Math.round(durationUs / 1000)} ms for the resolver.`,
      );
    return {
      status: slow ? 'warning' : 'ok',
      title: `${plan.host} is ${inquiry.addresses.join(', ')} (${Math.round(durationUs / 1000)} ms)`,
      evidence: { addresses: inquiry.addresses, durationUs },
    };
  } catch (error) {
    const sighting = sight(error, trail);
    const resolvers = await askEachResolver(plan.host);
    return {
      status: 'problem',
      title: `${plan.host} was not resolved (${sighting.symptom.code})`,
      evidence: { resolvers },
      sighting,
    };
  }
}

/** What each configured resolver answers when it is asked alone: tells a failing resolver from a missing record. */
async function askEachResolver(host: string): Promise<Json[]> {
  return Promise.all(
    getServers().map(async (server): Promise<Json> => {
      const resolver = new Resolver({ timeout: RESOLVER_MS, tries: 1 });
      resolver.setServers([server]);
      const startedUs = nowUs();
      const answer = await resolver
        .resolve4(host)
        .catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? 'UNKNOWN');
      return { server, answer, durationUs: nowUs() - startedUs };
    }),
  );
}
