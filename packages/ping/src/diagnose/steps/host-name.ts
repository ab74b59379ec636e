import { getServers } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import {
  Deadline,
  type Family,
  literalAddress,
  nowUs,
  resolveName,
  type ThisMachineFact,
  thisMachineFact,
} from 'tentacle-protocol';
import { count, formatDuration } from 'tentacle-protocol/cli';
import { type FailureId, failureOf, observe } from 'tentacle-protocol/diagnostics';
import { newTrace } from '../probe-connection.js';
import type { DiagnosisContext, StepResult } from '../diagnosis-context.js';

/** Octopus resolves the name for every new connection, so a slow look-up delays each of them. */
const SLOW_US = 1_000_000;

/** Time-out for one resolver queried directly; the system's own time-outs are 2 to 5 s. */
const RESOLVER_MS = 3000;

/** More addresses than a name has in practice; each one costs a connection to the peer. */
const ADDRESSES_MAX = 16;

/** The first address, and how many others there are. */
function shortList([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${count(others.length, 'other', 'others')}`;
}

/** Resolves the name to all of its addresses. If that fails, queries each configured resolver directly. */
export async function resolveHostName(context: DiagnosisContext): Promise<StepResult> {
  const { options } = context;
  if (literalAddress(options.host) !== undefined) {
    context.addresses = [options.host];
    return { status: 'skipped', title: 'the target is an address' };
  }
  const trace = newTrace(context);
  const deadline = Deadline.inUs(options.timeoutUs);
  const startedUs = nowUs();
  try {
    const resolved = await trace.stage('dns', () =>
      resolveName(options.host, options.family, deadline, context.signal),
    );
    const durationUs = nowUs() - startedUs;
    // The system may return an address twice, once for each kind of socket.
    context.addresses = [...new Set(resolved.map(({ address }) => address))].slice(0, ADDRESSES_MAX);
    const own = await compareWithResolvers(context);
    const slow = durationUs >= SLOW_US;
    if (slow) context.warn('dns.slow', { host: options.host, durationUs });
    return {
      status: slow || own !== undefined ? 'warning' : 'ok',
      title: `${shortList(context.addresses)} (${formatDuration(durationUs)})${own === undefined ? '' : ', this machine'}`,
      details: [...(context.addresses.length > 1 ? [context.addresses.join(', ')] : []), ...(own?.details ?? [])],
      evidence: { addresses: context.addresses, durationUs, ...own?.evidence },
    };
  } catch (error) {
    const observation = observe(error, trace);
    const resolvers = await queryEachResolver(options.host);
    confirmFromResolvers(context, failureOf(observation).id, resolvers);
    return {
      // With a proxy, the proxy resolves the name.
      status: context.usesProxy ? 'unknown' : 'problem',
      title: `not resolved${context.usesProxy ? ' by this machine' : ''} (${observation.signature.code})`,
      details: resolvers.length === 0 ? undefined : [`Queried directly: ${resolvers.map(describeAnswer).join('; ')}.`],
      evidence: { resolvers: resolvers.map((query) => ({ ...query })) },
      observation,
    };
  }
}

/**
 * Where a name leads to this machine, queries each resolver directly, which separates an entry in the hosts file from a
 * record or filter in DNS. A resolver on this machine (systemd-resolved, dnsmasq) may serve the hosts file itself.
 */
async function compareWithResolvers(
  context: DiagnosisContext,
): Promise<Required<Pick<StepResult, 'details' | 'evidence'>> | undefined> {
  const { addresses, options } = context;
  const own = addresses.find((address) => isElsewhereNamed(thisMachineFact(options.host, address)));
  if (own === undefined || context.usesProxy) return undefined;
  const resolvers = await queryEachResolver(options.host, own.includes(':') ? 6 : 4);
  const answers = resolvers.map(describeAnswer).join('; ');
  const returnsOwn = ({ answer }: ResolverQuery): boolean => typeof answer !== 'string' && answer.includes(own);
  const returning = resolvers.filter(returnsOwn);
  // A resolver that knows no such name proves nothing: the system may have added a DNS suffix.
  const hasAnotherAddress = resolvers.some(({ answer }) => typeof answer !== 'string' && answer.length > 0);
  const id: FailureId = 'dns.local-address';
  if (returning.some(({ server }) => !isOnThisMachine(server)))
    context.remainingCauses.set(id, {
      explanation: `Queried directly: ${answers}. So the hosts file is not the cause.`,
      left: {
        causes: ['a DNS filter returns such an address in place of the real one', 'the record in DNS is wrong'],
        test: `Query another resolver for the name (nslookup ${options.host} RESOLVER). If it returns another address, the first one filters.`,
      },
    });
  else if (returning.length > 0)
    context.remainingCauses.set(id, {
      explanation: `Queried directly: ${answers}. That resolver runs on this machine and may serve its hosts file too.`,
    });
  else if (hasAnotherAddress)
    context.confirmedCauses.set(
      id,
      `Queried directly: ${answers}. So ${own} comes from this machine: its hosts file has an entry for the name.`,
    );
  else
    context.remainingCauses.set(id, {
      explanation: `Queried directly: ${answers}. So it probably comes from the hosts file, unless this machine adds a DNS suffix to the name.`,
    });
  return {
    details: [`Queried directly: ${answers === '' ? 'no resolver' : answers}.`],
    evidence: { resolvers: resolvers.map((query) => ({ ...query })) },
  };
}

/** What a resolver answered, as a clause. */
function describeAnswer({ server, answer }: ResolverQuery): string {
  if (typeof answer !== 'string') return `${server} returned ${answer.join(', ')}`;
  const fault = RESOLVER_FAULTS[answer];
  return fault === undefined ? `${server} knows no such address (${answer})` : `${server} ${fault}`;
}

function isOnThisMachine(server: string): boolean {
  return /^(?:127\.|\[?::1\]?(?::|$))/.test(server);
}

/** Whether the host is this machine under a name that is not its own. */
function isElsewhereNamed(fact: ThisMachineFact | undefined): boolean {
  return fact === 'loopback' || fact === 'own-address';
}

/** A direct query to one resolver: the addresses that it returned, or its error code. */
interface ResolverQuery {
  readonly server: string;
  readonly answer: string | readonly string[];
  readonly durationUs: number;
}

/** Queries each configured resolver directly, to tell a failing resolver from a missing record. */
async function queryEachResolver(host: string, family: Family = 4): Promise<ResolverQuery[]> {
  return Promise.all(
    getServers().map(async (server) => {
      const resolver = new Resolver({ timeout: RESOLVER_MS, tries: 1 });
      resolver.setServers([server]);
      const startedUs = nowUs();
      const answer = await (family === 4 ? resolver.resolve4(host) : resolver.resolve6(host)).catch(
        (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'UNKNOWN',
      );
      return { server, answer, durationUs: nowUs() - startedUs };
    }),
  );
}

/** What a resolver's error code means, for codes that show a fault of the resolver and not of the name. */
const RESOLVER_FAULTS: Readonly<Record<string, string>> = {
  ESERVFAIL: 'reported its own failure (SERVFAIL)',
  EREFUSED: 'refused the query (REFUSED)',
  EFORMERR: 'did not understand the query (FORMERR)',
  ENOTIMP: 'does not support the query (NOTIMP)',
  ECONNREFUSED: 'refused the connection: no resolver runs there, or it is unreachable',
  ETIMEOUT: `did not answer within ${RESOLVER_MS / 1000} s`,
};

/** Confirms the cause from direct queries, provided that each resolver failed with a known fault of its own. */
function confirmFromResolvers(context: DiagnosisContext, id: FailureId, resolvers: readonly ResolverQuery[]): void {
  const faults = resolvers.map(({ server, answer, durationUs }) => {
    const fault = typeof answer === 'string' ? RESOLVER_FAULTS[answer] : undefined;
    return fault === undefined ? undefined : `${server} ${fault} (${formatDuration(durationUs)})`;
  });
  if (faults.length === 0 || faults.includes(undefined)) return;
  context.confirmedCauses.set(id, `Queried directly: ${faults.join('; ')}.`);
}
