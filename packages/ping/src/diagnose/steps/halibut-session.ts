import { randomBytes } from 'node:crypto';
import {
  CallError,
  call,
  ClientExchange,
  Deadline,
  exchangeIdentityAsConnector,
  nowUs,
  type ConnectionTrace,
} from 'tentacle-protocol';
import { count, formatDuration, formatSize, omitUndefined } from 'tentacle-protocol/cli';
import { type ConnectionView, echo, failureOf, failureDefinition, observe } from 'tentacle-protocol/diagnostics';
import { withCancellation, createEndpoint, MAX_MESSAGE_BYTES } from '../../session/connection.js';
import { probePeer } from '../../session/peer-probe.js';
import { probeConnection } from '../probe-connection.js';
import { type DiagnosisContext, skipped, type StepResult } from '../diagnosis-context.js';
import { checkAttestation } from './attestation.js';

/** Payload sizes from one packet to many TLS records: loss that depends on the size shows here. */
const PAYLOAD_SIZES = [56, 1400, 16_384, 65_536, 262_144];

/** Sends the identity with this machine's certificate, identifies the peer and, if it is a pong, echoes payloads. */
export async function testHalibutSession(context: DiagnosisContext): Promise<void> {
  const { address, tls } = context;
  if (address === undefined || tls === undefined) {
    await context.step('identity', () => skipped(context.noTlsReason));
    return;
  }
  const probe = await probeConnection(context, { address });
  if (!probe.ok) {
    const wasExpected = tls.certificate?.thumbprint === context.options.thumbprint;
    if (probe.observation.signature.code === 'UNEXPECTED_THUMBPRINT' && wasExpected)
      context.expectedSeen =
        'Other connections to the same address present the expected certificate, so there are several machines behind it.';
    await context.step('identity', () => ({
      status: 'problem',
      title: failureDefinition(failureOf(probe.observation).id).title,
      observation: probe.observation,
    }));
    return;
  }
  const { channel, trace } = probe;
  const { page, arrivedThumbprint, isTrustedThere } = context;
  if (page !== undefined) trace.record(omitUndefined({ peerKind: page.author, arrivedThumbprint, isTrustedThere }));
  const deadline = Deadline.inUs(context.options.timeoutUs);
  const exchange = new ClientExchange(channel, 'listening', MAX_MESSAGE_BYTES);
  const endpoint = createEndpoint(context.options, trace.facts);
  const runStep = async (id: string, work: () => Promise<StepResult>): Promise<boolean> => {
    let succeeded = false;
    await context.step(id, async () => {
      try {
        const result = await withCancellation(channel, context.signal, work);
        succeeded = true;
        return result;
      } catch (error) {
        const observation = observe(error, trace);
        return { status: 'problem', title: failureDefinition(failureOf(observation).id).title, observation };
      }
    });
    return succeeded;
  };
  const isTrusted = await runStep('identity', async () => {
    await exchangeIdentityAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline);
    context.connections.identity++;
    return {
      status: 'ok',
      title: 'MX-SERVER: the peer accepts this client',
      evidence: { thumbprint: context.identity.thumbprint },
    };
  });
  if (isTrusted && (await runStep('peer', identifyPeer)) && context.peer?.kind === 'pong') {
    trace.enterStage('rpc');
    await runStep('attestation', async () => {
      await exchange.takeTurn(deadline);
      return checkAttestation(context, { channel, exchange, endpoint, facts: trace.facts }, deadline);
    });
    await runStep('payloads', async () => echoPayloads(exchange, endpoint));
  }
  await exchange.end(Deadline.inMs(1000)).catch(() => undefined);
  channel.close();

  async function identifyPeer(): Promise<StepResult> {
    trace.enterStage('rpc');
    const peer = await probePeer(exchange, endpoint, trace.facts.peerCertificate?.subject ?? '', deadline);
    context.peer = peer;
    context.connections.call++;
    if (peer.kind === 'tentacle') {
      const { capabilities = [] } = peer;
      return {
        status: 'ok',
        title: `a Tentacle with ${count(capabilities.length, 'capability', 'capabilities')}`,
        details: capabilities.length === 0 ? undefined : [capabilities.join(', ')],
        evidence: { capabilities: [...capabilities] },
      };
    }
    return checkArrivedCertificate(context, peer.peerView, trace);
  }
}

/** Checks the client certificate that pong received: a different one, or none, shows that TLS was re-encrypted in between. */
function checkArrivedCertificate(
  context: DiagnosisContext,
  view: ConnectionView | undefined,
  trace: ConnectionTrace,
): StepResult {
  if (view === undefined) return { status: 'unknown', title: 'the peer does not report what it received' };
  const evidence = { peerView: { ...view } };
  const arrived = view.clientThumbprint;
  if (arrived === context.identity.thumbprint) {
    const details = [`Your connection reached it from ${view.address}.`];
    return { status: 'ok', title: 'tentacle-pong, which received your certificate', details, evidence };
  }
  context.warn('trust.client-certificate-changed', { arrived });
  const received = arrived === null ? 'no client certificate' : `the client certificate ${arrived} instead of yours`;
  const code = arrived === null ? 'CLIENT_CERTIFICATE_MISSING' : 'CLIENT_CERTIFICATE_REPLACED';
  const observation = observe(Object.assign(new Error(received), { code }), trace);
  const title = `tentacle-pong, which received ${arrived === null ? 'no client certificate' : 'another certificate'}`;
  return { status: 'problem', title, details: [`It received ${received}.`], evidence, observation };
}

async function echoPayloads(
  exchange: ClientExchange,
  endpoint: ReturnType<typeof createEndpoint>,
): Promise<StepResult> {
  const times: { payloadBytes: number; durationUs: number }[] = [];
  for (const payloadBytes of PAYLOAD_SIZES) {
    const deadline = Deadline.inMs(PAYLOAD_MS);
    await exchange.takeTurn(deadline);
    const payload = randomBytes(payloadBytes);
    const startedUs = nowUs();
    const { result } = await call(exchange, echo, payload, endpoint, deadline);
    if (!result.equals(payload)) throw new CallError('ECHO_DIFFERS', 'the echo differs from the payload');
    times.push({ payloadBytes, durationUs: nowUs() - startedUs });
  }
  const shown = times.map((time) => `${formatSize(time.payloadBytes)} in ${formatDuration(time.durationUs)}`);
  const title = `${times.length} payloads, up to ${formatSize(Math.max(...PAYLOAD_SIZES))}, echoed unchanged`;
  return { status: 'ok', title, details: [shown.join(', ')], evidence: { times } };
}

/** 256 KiB in this time is 200 kbit/s in both directions: slower than any link that Octopus can use. */
const PAYLOAD_MS = 20_000;
