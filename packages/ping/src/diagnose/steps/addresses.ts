import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connectTcp, Deadline, type FailureId, failureOf, rowOf, sight, type Sighting } from 'tentacle-protocol';
import { newTrace } from '../contact.js';
import type { Finding, Inquiry } from '../inquiry.js';
import { sourceAddress } from './settings.js';

/** Every address alone: a browser hides a dead one behind another, Octopus does not. */
export async function tcp(inquiry: Inquiry): Promise<void> {
  const dead: { address: string; sighting: Sighting }[] = [];
  for (const address of inquiry.addresses) {
    await inquiry.step('tcp', async () => {
      const finding = await tryAgainIfAtOnce(inquiry, address, await tryAddress(inquiry, address));
      if (finding.sighting !== undefined) dead.push({ address, sighting: finding.sighting });
      else inquiry.reachable.push(address);
      return finding;
    });
  }
  if (dead.length === 0 || inquiry.reachable.length === 0 || inquiry.goesThroughProxy) return;
  await inquiry.step('addresses', () => partly(inquiry, dead));
}

/**
 * That an address cannot be reached is said at once by a rule, and after about 3 s where no machine has it; but also at
 * once where a packet before ours made a router ask for the machine. Of two in a row, the second is asked for anew.
 */
async function tryAgainIfAtOnce(inquiry: Inquiry, address: string, first: Finding): Promise<Finding> {
  if (first.sighting === undefined || failureOf(first.sighting).id !== 'tcp.rejected') return first;
  const { elapsedUs } = first.sighting.symptom;
  const second = await tryAddress(inquiry, address);
  const evidence = { ...second.evidence, firstElapsedUs: elapsedUs };
  if (second.sighting !== undefined) return { ...second, evidence };
  // It comes and goes: the verdict is on the way that works, and this stands beside it.
  const title = `${second.title}, at the second try: at the first, something said after ${(elapsedUs / 1000).toFixed(1)} ms that it cannot be reached`;
  return { status: 'warning', title, evidence };
}

async function tryAddress(inquiry: Inquiry, address: string): Promise<Finding> {
  const { plan } = inquiry;
  const trace = newTrace(inquiry);
  trace.record({ address });
  const source = await sourceAddress(address, plan.port);
  try {
    const deadline = Deadline.inUs(plan.timeoutUs);
    const socket = await trace.stage('tcp', async () => {
      const tcp = await connectTcp({ address, port: plan.port, deadline, signal: inquiry.signal });
      trace.recordInterval(tcp.interval);
      return tcp.socket;
    });
    const { localAddress = '', localPort = 0 } = socket;
    socket.destroy();
    inquiry.made.tcp++;
    const durationUs = trace.completedStages.at(-1)?.durationUs ?? 0;
    inquiry.times.tcp.push(durationUs);
    return {
      status: 'ok',
      title: `${address} port ${plan.port} accepts (${(durationUs / 1000).toFixed(1)} ms, from ${localAddress})`,
      evidence: { address, localAddress, localPort, durationUs },
    };
  } catch (error) {
    const sighting = sight(error, trace);
    const { id } = failureOf(sighting);
    settleRoute(inquiry, id, address, source);
    const from = source === undefined ? 'no route from here' : `from ${source}`;
    return {
      status: inquiry.goesThroughProxy ? 'unknown' : 'problem',
      title: `${inquiry.goesThroughProxy ? 'directly, past the proxy: ' : ''}${address} port ${plan.port}: ${rowOf(id).title} (${from})`,
      evidence: { address, source: source ?? null, elapsedUs: sighting.symptom.elapsedUs },
      sighting,
    };
  }
}

/** The system's networks and routes tell whether "unreachable" was said here or on the way. */
function settleRoute(inquiry: Inquiry, id: FailureId, address: string, source: string | undefined): void {
  if (id === 'tcp.host-down' && isNeighbour(address)) {
    const words = `${address} is of this machine's own network, so no router is involved: no machine has that address now.`;
    inquiry.settled.set(id, words);
  }
  if (id !== 'tcp.no-route' && id !== 'tcp.rejected') return;
  if (source === undefined) {
    const words = id === 'tcp.no-route' ? 'no route to it' : 'a route that makes it unreachable';
    inquiry.settled.set(
      id,
      `This machine itself has ${words}: asked for a way to ${address}, its routing table gives none.`,
    );
  } else if (id === 'tcp.no-route') {
    const words = `This machine has a route to ${address} (from ${source}), so it is a router or firewall on the way that said so.`;
    inquiry.settled.set(id, words);
  }
}

/** Whether an address is of a network that this machine is on. */
function isNeighbour(address: string): boolean {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const networks = new BlockList();
  for (const { cidr } of Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)) {
    const [own = '', bits] = (cidr ?? '').split('/');
    if (own.includes(':') === (family === 'ipv6') && bits !== undefined) networks.addSubnet(own, Number(bits), family);
  }
  return networks.check(address, family);
}

/** Some addresses work and some do not: Octopus takes them in order, each with its whole time-out. */
function partly(inquiry: Inquiry, dead: readonly { address: string; sighting: Sighting }[]): Finding {
  const [first] = dead;
  const sighting: Sighting = {
    symptom: {
      shownAt: 'tcp',
      code: 'SOME_ADDRESSES_FAIL',
      elapsedUs: first?.sighting.symptom.elapsedUs ?? 0,
      received: Buffer.alloc(0),
      receivedBytes: 0,
    },
    facts: {
      ...newTrace(inquiry).facts,
      addresses: inquiry.addresses,
      deadAddresses: dead.map(({ address }) => address),
    },
  };
  return {
    status: 'problem',
    title: `${dead.length} of ${inquiry.addresses.length} addresses do not answer: ${dead.map(({ address }) => address).join(', ')}`,
    evidence: { dead: dead.map(({ address }) => address), alive: inquiry.reachable },
    sighting,
  };
}
