import { BlockList } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { ConnectionFacts } from 'tentacle-protocol';
import { formatDuration, omitUndefined, readInterfaces } from 'tentacle-protocol/cli';
import {
  type FailureId,
  failureOf,
  failureDefinition,
  isSilent,
  isWorthAWarning,
  type Observation,
} from 'tentacle-protocol/diagnostics';
import { newTrace, startProbe } from '../probe-connection.js';
import type { DiagnosisContext, StepResult } from '../diagnosis-context.js';
import { sourceAddress } from './settings.js';

/**
 * Connects to every address separately: Octopus tries them in order until one accepts. Those to which this machine has no
 * route come last, as the system sorts them, when it is known whether another one accepts.
 */
export async function testAddresses(context: DiagnosisContext): Promise<void> {
  const dead: DeadAddress[] = [];
  const addresses = await byRoute(context);
  const hasRoute = addresses.some(({ source }) => source !== undefined);
  for (const { address, source } of addresses) {
    await context.step('tcp', async () => {
      const tried = await retryIfRejected(context, address, await tryAddress(context, address, source));
      const { observation } = tried;
      if (observation === undefined) context.reachable.push(address);
      else if (source === undefined && hasRoute) return withoutRoute(context, address, tried);
      else dead.push({ address, observation });
      return tried;
    });
  }
  if (dead.length === 0 || context.reachable.length === 0 || context.usesProxy) return;
  await context.step('addresses', () => summarizeDeadAddresses(context, dead));
}

/** All addresses with the local address that the system would use, those without a route last. */
async function byRoute({
  addresses,
  options,
}: DiagnosisContext): Promise<{ address: string; source: string | undefined }[]> {
  const routes = await Promise.all(
    addresses.map(async (address) => ({ address, source: await sourceAddress(address, options.port) })),
  );
  return [
    ...routes.filter(({ source }) => source !== undefined),
    ...routes.filter(({ source }) => source === undefined),
  ];
}

/** An address without a route beside one with a route: Octopus loses no time on it, and it is not the problem. */
function withoutRoute({ reachable }: DiagnosisContext, address: string, { evidence = {} }: StepResult): StepResult {
  return {
    status: reachable.length > 0 ? 'ok' : 'unknown',
    title: `${address}: no route from this machine`,
    details: [`Octopus goes on to the next address at once${reachable.length > 0 ? ', so this is harmless' : ''}.`],
    evidence,
  };
}

interface DeadAddress {
  readonly address: string;
  readonly observation: Observation;
}

/** A router that limits its reports of unreachable hosts sends another one after this time: Linux limits them to one a second. */
const REPORT_PAUSE_MS = 3500;

/**
 * Retries an address that was rejected at once. A firewall rule reports "unreachable" at once; a router that looks for a
 * missing machine does so after about 3 s, but also at once if an earlier packet had started that search. The second of
 * two attempts starts a search of its own. A rule whose report is only late looks the same: after a pause, it is not.
 */
async function retryIfRejected(context: DiagnosisContext, address: string, first: StepResult): Promise<StepResult> {
  if (first.observation === undefined || failureOf(first.observation).id !== 'tcp.rejected') return first;
  const { elapsedUs } = first.observation.signature;
  const source = await sourceAddress(address, context.options.port);
  const earlierReports = { address, count: 1, fastestUs: elapsedUs };
  const second = await tryAddress(context, address, source, earlierReports);
  const evidence = { ...second.evidence, firstElapsedUs: elapsedUs };
  if (second.observation !== undefined) {
    if (failureOf(second.observation).id !== 'tcp.host-down') return { ...second, evidence };
    await setTimeout(REPORT_PAUSE_MS, undefined, { signal: context.signal }).catch(() => undefined);
    const third = await tryAddress(context, address, source, earlierReports);
    const isRejected = third.observation !== undefined && failureOf(third.observation).id === 'tcp.rejected';
    return isRejected
      ? { ...third, evidence: { ...third.evidence, firstElapsedUs: elapsedUs } }
      : { ...second, evidence };
  }
  // The failure is intermittent: the verdict is about the path that works, with this warning beside it.
  const details = [`The first attempt was rejected as unreachable after ${formatDuration(elapsedUs)}, the second not.`];
  return { status: 'warning', title: second.title, details, evidence };
}

/** Connects to one address. The same connection goes on to TLS, which the step `tls` reports. */
async function tryAddress(
  context: DiagnosisContext,
  address: string,
  source: string | undefined,
  earlierReports?: ConnectionFacts['earlierReports'],
): Promise<StepResult> {
  const { options } = context;
  const probe = { address, acceptAnyCertificate: true, bypassProxy: true, ...omitUndefined({ earlierReports }) };
  const { connected, result } = startProbe(context, probe);
  const trace = await connected;
  if (trace !== undefined) {
    context.startedHandshakes.set(address, result);
    if (trace.facts.thisMachine === 'loopback') context.warn('dns.local-address', { host: options.host, address });
    const { localAddress = '', localPort = 0 } = trace.facts;
    const durationUs = trace.completedStages.find(({ stage }) => stage === 'tcp')?.durationUs ?? 0;
    return {
      status: 'ok',
      title: `${address} accepts after ${formatDuration(durationUs)}`,
      details: [`Port ${options.port}, from ${localAddress} port ${localPort}.`],
      evidence: { address, localAddress, localPort, durationUs },
    };
  }
  const ended = await result;
  // Without a TCP connection, no probe succeeds.
  if (ended.ok) throw new Error('TLS without TCP');
  const { signature, facts } = ended.observation;
  const observation = { signature, facts: { ...facts, addresses: context.addresses } };
  const { id } = failureOf(observation);
  confirmFromRoutes(context, id, address, source);
  const from = source === undefined ? 'without a route from this machine' : `from ${source}`;
  const directly = context.usesProxy ? 'directly, without the proxy, ' : '';
  return {
    status: context.usesProxy ? 'unknown' : 'problem',
    title: failureDefinition(id).title,
    details: [`${address} port ${options.port}, ${directly}${from}, after ${formatDuration(signature.elapsedUs)}.`],
    evidence: { address, source: source ?? null, elapsedUs: observation.signature.elapsedUs },
    observation,
  };
}

/** Confirms from this machine's networks and routes whether "unreachable" was reported here or in the network. */
function confirmFromRoutes(
  context: DiagnosisContext,
  id: FailureId,
  address: string,
  source: string | undefined,
): void {
  if (id === 'tcp.host-down' && isOnLink(address)) {
    const cause = `${address} is in this machine's own network, so no router is involved. No machine has that address now.`;
    context.confirmedCauses.set(id, cause);
  }
  if (id !== 'tcp.no-route' && id !== 'tcp.rejected') return;
  if (source === undefined) {
    const cause = id === 'tcp.no-route' ? 'has no route to it' : 'has a route that marks it as unreachable';
    context.confirmedCauses.set(
      id,
      `This machine itself ${cause}: its routing table returns no usable route to ${address}.`,
    );
  } else if (id === 'tcp.no-route') {
    const cause = `This machine has a route to ${address} (from ${source}), so a router or firewall in the network reported it.`;
    context.confirmedCauses.set(id, cause);
  }
}

/** Whether an address is in a network that this machine is connected to. */
function isOnLink(address: string): boolean {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const networks = new BlockList();
  for (const { cidr } of Object.values(readInterfaces()).flatMap((addresses = []) => addresses)) {
    const [own = '', bits] = (cidr ?? '').split('/');
    if (own.includes(':') === (family === 'ipv6') && bits !== undefined) networks.addSubnet(own, Number(bits), family);
  }
  return networks.check(address, family);
}

/**
 * Some addresses accept connections and some do not. Octopus goes on to the next one after an error, so only one that does
 * not answer is a failure: on Linux it uses up Octopus's whole time.
 */
function summarizeDeadAddresses(context: DiagnosisContext, dead: readonly DeadAddress[]): StepResult {
  const { host, port } = context.options;
  const failed = dead.map(({ address, observation: { signature } }) => ({
    address,
    code: signature.code,
    elapsedUs: signature.elapsedUs,
  }));
  const result = {
    title: `${dead.length} of ${context.addresses.length} addresses did not accept a connection`,
    details: [dead.map(({ address }) => address).join(', ')],
    evidence: { dead: dead.map(({ address }) => address), alive: context.reachable },
  };
  const silent = failed.filter(({ code }) => isSilent(code));
  const failing = failed.filter((failure) => !isSilent(failure.code) && isWorthAWarning(failure));
  if (failing.length > 0)
    context.warn('dns.failing-address', { host, port, failed: failing, accepted: context.reachable.join(', ') });
  if (silent.length === 0) return { ...result, status: failing.length > 0 ? 'warning' : 'ok' };
  const observation: Observation = {
    signature: {
      shownAt: 'tcp',
      code: 'SOME_ADDRESSES_FAIL',
      elapsedUs: silent[0]?.elapsedUs ?? 0,
      received: Buffer.alloc(0),
      receivedBytes: 0,
    },
    facts: {
      ...newTrace(context).facts,
      addresses: context.addresses,
      deadAddresses: silent.map(({ address }) => address),
    },
  };
  return { ...result, status: 'problem', observation };
}
