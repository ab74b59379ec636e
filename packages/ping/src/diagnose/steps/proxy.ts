import { formatDuration } from 'tentacle-protocol/cli';
import { failureOf, failureDefinition } from 'tentacle-protocol/diagnostics';
import { probeConnection } from '../probe-connection.js';
import { type DiagnosisContext, skipped, type StepResult } from '../diagnosis-context.js';

/** A longer name does not fit into the line of the step. */
const PROXY_MAX_CHARS = 30;

/** Opens a tunnel through the proxy, if one is configured; otherwise reports a proxy that only the environment names. */
export async function testProxy(context: DiagnosisContext): Promise<StepResult> {
  const { proxy, variables = [], by = '--proxy' } = context.options.proxyChoice ?? {};
  const environment = variables.map((variable) => ({ ...variable }));
  if (proxy === undefined) {
    const names = variables.map(({ name }) => name).join(', ');
    return skipped(names === '' ? 'none configured' : `none; --proxy env uses ${names}`);
  }
  context.directAddresses = context.reachable;
  context.reachable = [];
  const where = `${proxy.host}:${proxy.port}`;
  const evidence = { host: proxy.host, port: proxy.port, user: proxy.user ?? null, by, environment };
  const probe = await probeConnection(context, { address: context.options.host, acceptAnyCertificate: true });
  if (probe.ok) probe.channel.close();
  const opened = probe.trace.completedStages.find(({ stage }) => stage === 'proxy');
  if (opened === undefined && !probe.ok) {
    return {
      status: 'problem',
      title: failureDefinition(failureOf(probe.observation).id).title,
      details: [`Proxy ${where}.`],
      evidence,
      observation: probe.observation,
    };
  }
  // The next steps report failures inside the tunnel.
  context.reachable = [context.options.host];
  const durationUs = opened?.durationUs ?? 0;
  return {
    status: 'ok',
    title: `${where.length > PROXY_MAX_CHARS ? '' : `${where} `}opens a tunnel after ${formatDuration(durationUs)}`,
    details: [`${where} to ${context.options.host}:${context.options.port}.`],
    evidence: { ...evidence, durationUs },
  };
}

/** Connects directly, where that is possible: a different certificate means that the proxy intercepts TLS. */
export async function compareDirectConnection(context: DiagnosisContext): Promise<StepResult> {
  const [address] = context.directAddresses;
  const { tls } = context;
  if (address === undefined) return skipped('no address accepts a direct connection');
  const started = context.startedHandshakes.get(address);
  const probe = await (started ?? probeConnection(context, { address, bypassProxy: true, acceptAnyCertificate: true }));
  if (!probe.ok) {
    return {
      status: 'unknown',
      title: failureDefinition(failureOf(probe.observation).id).title,
      details: [`A direct connection to ${address} failed.`],
      evidence: { address },
      observation: probe.observation,
    };
  }
  probe.channel.close();
  const thumbprint = probe.trace.facts.peerCertificate?.thumbprint ?? null;
  const evidence = { address, directly: thumbprint, throughProxy: tls?.certificate?.thumbprint ?? null };
  if (tls === undefined)
    return {
      status: 'ok',
      title: 'TLS works directly: the fault is in the proxy or behind it',
      evidence,
    };
  if (thumbprint === tls.certificate?.thumbprint)
    return { status: 'ok', title: 'same certificate over a direct connection', evidence };
  if (thumbprint !== null && thumbprint === context.options.thumbprint)
    context.expectedSeen =
      'Over a direct connection, the peer presents the expected certificate, so the proxy terminates TLS or leads to another machine.';
  context.warn('trust.proxy-inspects', { directly: thumbprint, throughProxy: tls.certificate?.thumbprint ?? null });
  return {
    status: 'warning',
    title: 'different certificate over a direct connection',
    details: [`Directly: ${thumbprint ?? 'none'}`, `Through the proxy: ${tls.certificate?.thumbprint ?? 'none'}`],
    evidence,
  };
}
