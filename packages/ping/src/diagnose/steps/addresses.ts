import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import { formatDuration } from 'tentacle-protocol/cli';
import { type FailureId, failureOf, failureDefinition, type Observation } from 'tentacle-protocol/diagnostics';
import { newTrace, startProbe } from '../probe-connection.js';
import type { DiagnosisContext, StepResult } from '../diagnosis-context.js';
import { sourceAddress } from './settings.js';

/** Connects to every address separately: a browser hides a dead one behind another, Octopus does not. */
export async function testAddresses(context: DiagnosisContext): Promise<void> {
  const dead: DeadAddress[] = [];
  for (const address of context.addresses) {
    await context.step('tcp', async () => {
      const result = await retryIfRejected(context, address, await tryAddress(context, address));
      if (result.observation !== undefined) dead.push({ address, observation: result.observation });
      else context.reachable.push(address);
      return result;
    });
  }
  if (dead.length === 0 || context.reachable.length === 0 || context.usesProxy) return;
  await context.step('addresses', () => summarizeDeadAddresses(context, dead));
}

interface DeadAddress {
  readonly address: string;
  readonly observation: Observation;
}

/**
 * Retries an address that was rejected at once. A firewall rule reports "unreachable" at once; a router that looks for a
 * missing machine does so after about 3 s, but also at once if an earlier packet had started that search. The second of
 * two attempts starts a search of its own.
 */
async function retryIfRejected(context: DiagnosisContext, address: string, first: StepResult): Promise<StepResult> {
  if (first.observation === undefined || failureOf(first.observation).id !== 'tcp.rejected') return first;
  const { elapsedUs } = first.observation.signature;
  const second = await tryAddress(context, address);
  const evidence = { ...second.evidence, firstElapsedUs: elapsedUs };
  if (second.observation !== undefined) return { ...second, evidence };
  // The failure is intermittent: the verdict is about the path that works, with this warning beside it.
  const title = `${second.title}, on the second attempt; the first was rejected as unreachable after ${formatDuration(elapsedUs)}`;
  return { status: 'warning', title, evidence };
}

/** Connects to one address. The same connection goes on to TLS, which the step `tls` reports. */
async function tryAddress(context: DiagnosisContext, address: string): Promise<StepResult> {
  const { options } = context;
  const source = await sourceAddress(address, options.port);
  const { connected, result } = startProbe(context, { address, acceptAnyCertificate: true, bypassProxy: true });
  const trace = await connected;
  if (trace !== undefined) {
    context.startedHandshakes.set(address, result);
    const { localAddress = '', localPort = 0 } = trace.facts;
    const durationUs = trace.completedStages.find(({ stage }) => stage === 'tcp')?.durationUs ?? 0;
    return {
      status: 'ok',
      title: `${address} port ${options.port} accepted a connection after ${formatDuration(durationUs)} (from ${localAddress})`,
      evidence: { address, localAddress, localPort, durationUs },
    };
  }
  const ended = await result;
  // Without a TCP connection, no probe succeeds.
  if (ended.ok) throw new Error('TLS without TCP');
  const { observation } = ended;
  const { id } = failureOf(observation);
  confirmFromRoutes(context, id, address, source);
  const from = source === undefined ? 'this machine has no route' : `from ${source}`;
  return {
    status: context.usesProxy ? 'unknown' : 'problem',
    title: `${context.usesProxy ? 'direct connection without the proxy: ' : ''}${address} port ${options.port} (${from}): ${failureDefinition(id).title}`,
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
  for (const { cidr } of Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)) {
    const [own = '', bits] = (cidr ?? '').split('/');
    if (own.includes(':') === (family === 'ipv6') && bits !== undefined) networks.addSubnet(own, Number(bits), family);
  }
  return networks.check(address, family);
}

/** Some addresses work and some do not: Octopus tries them in order, each with its whole time-out. */
function summarizeDeadAddresses(context: DiagnosisContext, dead: readonly DeadAddress[]): StepResult {
  const [first] = dead;
  const observation: Observation = {
    signature: {
      shownAt: 'tcp',
      code: 'SOME_ADDRESSES_FAIL',
      elapsedUs: first?.observation.signature.elapsedUs ?? 0,
      received: Buffer.alloc(0),
      receivedBytes: 0,
    },
    facts: {
      ...newTrace(context).facts,
      addresses: context.addresses,
      deadAddresses: dead.map(({ address }) => address),
    },
  };
  return {
    status: 'problem',
    title: `${dead.length} of ${context.addresses.length} addresses did not accept a connection: ${dead.map(({ address }) => address).join(', ')}`,
    evidence: { dead: dead.map(({ address }) => address), alive: context.reachable },
    observation,
  };
}
