import { randomBytes } from 'node:crypto';
import {
  CallError,
  call,
  ClientExchange,
  type ConnectionView,
  Deadline,
  echo,
  failureOf,
  introduceAsConnector,
  nowUs,
  rowOf,
  sight,
  type ConnectionTrace,
} from 'tentacle-protocol';
import { withCancellation, createEndpoint, MAX_MESSAGE_BYTES } from '../../session/connection.js';
import { probePeer } from '../../session/peer-probe.js';
import { contact } from '../contact.js';
import { type Finding, type Inquiry, skipped } from '../inquiry.js';
import { attestation } from './attestation.js';

/** Payloads from one packet to many records: what is cut or lost by size shows here. */
const PAYLOAD_SIZES = [56, 1400, 16_384, 65_536, 262_144];

/** Identity with our certificate, then who the peer is, then payloads where it gives them back. */
export async function conversation(inquiry: Inquiry): Promise<void> {
  const { address, tls } = inquiry;
  if (address === undefined || tls === undefined) {
    await inquiry.step('identity', () => skipped('TLS does not work, so there is nobody to talk to'));
    return;
  }
  const made = await contact(inquiry, { address });
  if (!made.ok) {
    await inquiry.step('identity', () => ({
      status: 'problem',
      title: rowOf(failureOf(made.sighting).id).title,
      sighting: made.sighting,
    }));
    return;
  }
  const { channel, trace } = made;
  if (inquiry.page !== undefined) trace.record({ peerKind: inquiry.page.author });
  const deadline = Deadline.inUs(inquiry.plan.timeoutUs);
  const exchange = new ClientExchange(channel, 'listening', MAX_MESSAGE_BYTES);
  const endpoint = createEndpoint(inquiry.plan, trace.facts);
  const taken = async (id: string, work: () => Promise<Finding>): Promise<boolean> => {
    let worked = false;
    await inquiry.step(id, async () => {
      try {
        const finding = await withCancellation(channel, inquiry.signal, work);
        worked = true;
        return finding;
      } catch (error) {
        const sighting = sight(error, trace);
        return { status: 'problem', title: rowOf(failureOf(sighting).id).title, sighting };
      }
    });
    return worked;
  };
  const introduced = await taken('identity', async () => {
    await introduceAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline);
    inquiry.made.identity++;
    return {
      status: 'ok',
      title: 'the peer answered MX-SERVER: it trusts our thumbprint',
      evidence: { thumbprint: inquiry.identity.thumbprint },
    };
  });
  if (introduced && (await taken('peer', whoIsIt)) && inquiry.peer?.kind === 'pong') {
    trace.enterStage('rpc');
    await taken('attestation', async () => {
      await exchange.takeTurn(deadline);
      return attestation(inquiry, { channel, exchange, endpoint, facts: trace.facts }, deadline);
    });
    await taken('payloads', async () => payloads(exchange, endpoint));
  }
  await exchange.end(Deadline.inMs(1000)).catch(() => undefined);
  channel.close();

  async function whoIsIt(): Promise<Finding> {
    trace.enterStage('rpc');
    const peer = await probePeer(exchange, endpoint, trace.facts.peerCertificate?.subject ?? '', deadline);
    inquiry.peer = peer;
    inquiry.made.call++;
    if (peer.kind === 'tentacle') {
      return {
        status: 'ok',
        title: `a Tentacle that can do ${peer.capabilities?.join(', ') ?? ''}`,
        evidence: { capabilities: [...(peer.capabilities ?? [])] },
      };
    }
    return seesOurCertificate(inquiry, peer.seesUs, trace);
  }
}

/** Pong tells what arrived: a certificate that is not ours, or none, was changed on the way. */
function seesOurCertificate(inquiry: Inquiry, view: ConnectionView | undefined, trace: ConnectionTrace): Finding {
  if (view === undefined) return { status: 'unknown', title: 'a peer that does not say what it sees' };
  const evidence = { seesUs: { ...view } };
  const arrived = view.clientThumbprint;
  if (arrived === inquiry.identity.thumbprint) {
    return { status: 'ok', title: `tentacle-pong, which sees us as ${view.address} with our certificate`, evidence };
  }
  inquiry.warn('trust.client-certificate-changed', { arrived });
  const what = arrived === null ? 'no client certificate' : `the client certificate ${arrived}`;
  const code = arrived === null ? 'CLIENT_CERTIFICATE_MISSING' : 'CLIENT_CERTIFICATE_REPLACED';
  const sighting = sight(Object.assign(new Error(what), { code }), trace);
  return { status: 'problem', title: `tentacle-pong, to which ${what} came, not ours`, evidence, sighting };
}

async function payloads(exchange: ClientExchange, endpoint: ReturnType<typeof createEndpoint>): Promise<Finding> {
  const times: { payloadBytes: number; durationUs: number }[] = [];
  for (const payloadBytes of PAYLOAD_SIZES) {
    const deadline = Deadline.inMs(PAYLOAD_MS);
    await exchange.takeTurn(deadline);
    const payload = randomBytes(payloadBytes);
    const startedUs = nowUs();
    const { result } = await call(exchange, echo, payload, endpoint, deadline);
    if (!result.equals(payload)) throw new CallError('ECHO_DIFFERS', 'the echo came back with other bytes');
    times.push({ payloadBytes, durationUs: nowUs() - startedUs });
  }
  const shown = times.map(({ payloadBytes, durationUs }) => `${payloadBytes} B ${(durationUs / 1000).toFixed(1)} ms`);
  return { status: 'ok', title: `payloads came back whole: ${shown.join(', ')}`, evidence: { times } };
}

/** A quarter of a megabyte in this time is 200 kbit/s both ways: slower than any link that Octopus can use. */
const PAYLOAD_MS = 20_000;
