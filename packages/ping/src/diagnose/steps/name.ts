import { getServers } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { Deadline, type FailureId, failureOf, literalAddress, nowUs, resolveName, sight } from 'tentacle-protocol';
import { newTrace } from '../contact.js';
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
  const trace = newTrace(inquiry);
  const deadline = Deadline.inUs(plan.timeoutUs);
  const startedUs = nowUs();
  try {
    const found = await trace.stage('dns', () => resolveName(plan.host, plan.family, deadline, inquiry.signal));
    const durationUs = nowUs() - startedUs;
    // A name may be given twice, once for each kind of socket.
    inquiry.addresses = [...new Set(found.map(({ address }) => address))].slice(0, ADDRESSES_MAX);
    const slow = durationUs >= SLOW_US;
    if (slow) inquiry.warn('dns.slow', { host: plan.host, durationUs });
    return {
      status: slow ? 'warning' : 'ok',
      title: `${plan.host} is ${inquiry.addresses.join(', ')} (${Math.round(durationUs / 1000)} ms)`,
      evidence: { addresses: inquiry.addresses, durationUs },
    };
  } catch (error) {
    const sighting = sight(error, trace);
    const resolvers = await askEachResolver(plan.host);
    settle(inquiry, failureOf(sighting).id, resolvers);
    return {
      // The name is the proxy's to look up, where there is one.
      status: inquiry.goesThroughProxy ? 'unknown' : 'problem',
      title: `${plan.host} was not resolved ${inquiry.goesThroughProxy ? 'here ' : ''}(${sighting.symptom.code})`,
      evidence: { resolvers: resolvers.map((asked) => ({ ...asked })) },
      sighting,
    };
  }
}

/** A resolver asked alone: the addresses it gave, or the code of its refusal. */
interface Asked {
  readonly server: string;
  readonly answer: string | readonly string[];
  readonly durationUs: number;
}

/** What each configured resolver answers when it is asked alone: tells a failing resolver from a missing record. */
async function askEachResolver(host: string): Promise<Asked[]> {
  return Promise.all(
    getServers().map(async (server) => {
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

/** What a resolver's code means, for those by which it fails and not the name. */
const FAILINGS: Readonly<Record<string, string>> = {
  ESERVFAIL: 'answered that it failed itself (SERVFAIL)',
  EREFUSED: 'refused the question (REFUSED)',
  EFORMERR: 'did not understand the question (FORMERR)',
  ENOTIMP: 'does not do such questions (NOTIMP)',
  ECONNREFUSED: 'runs no resolver, or cannot be reached',
  ETIMEOUT: `did not answer within ${RESOLVER_MS / 1000} s`,
};

/** Asked alone, the resolvers say which cause it is; that holds where each of them fails in a way that is known. */
function settle(inquiry: Inquiry, id: FailureId, resolvers: readonly Asked[]): void {
  const failings = resolvers.map(({ server, answer, durationUs }) => {
    const failing = typeof answer === 'string' ? FAILINGS[answer] : undefined;
    return failing === undefined ? undefined : `${server} ${failing} (${Math.round(durationUs / 1000)} ms)`;
  });
  if (failings.length === 0 || failings.includes(undefined)) return;
  inquiry.settled.set(id, `Asked alone, ${failings.join('; ')}.`);
}
