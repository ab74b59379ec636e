import { failureOf, rowOf } from 'tentacle-protocol';
import { contact } from '../contact.js';
import { type Finding, type Inquiry, skipped } from '../inquiry.js';

/** The way through the proxy, where one is asked for; otherwise what the environment says of proxies, which is not used. */
export async function proxy(inquiry: Inquiry): Promise<Finding> {
  const { proxy: used, variables = [], by = '--proxy' } = inquiry.plan.way ?? {};
  const environment = variables.map((variable) => ({ ...variable }));
  if (used === undefined) {
    const names = variables.map(({ name }) => name).join(', ');
    return skipped(
      names === ''
        ? 'no proxy is asked for'
        : `no proxy is asked for; the environment names one (${names}), which --proxy env would use`,
    );
  }
  inquiry.directly = inquiry.reachable;
  inquiry.reachable = [];
  const where = `${used.host}:${used.port}`;
  const evidence = { host: used.host, port: used.port, user: used.user ?? null, by, environment };
  const made = await contact(inquiry, { address: inquiry.plan.host, anyCertificate: true });
  if (made.ok) made.channel.close();
  const opened = made.trace.completedStages.find(({ stage }) => stage === 'proxy');
  if (opened === undefined && !made.ok) {
    return {
      status: 'problem',
      title: `${where}: ${rowOf(failureOf(made.sighting).id).title}`,
      evidence,
      sighting: made.sighting,
    };
  }
  // What fails behind the tunnel is the next steps' to tell.
  inquiry.reachable = [inquiry.plan.host];
  const durationUs = opened?.durationUs ?? 0;
  return {
    status: 'ok',
    title: `${where} opens a tunnel to ${inquiry.plan.host}:${inquiry.plan.port} (${(durationUs / 1000).toFixed(1)} ms)`,
    evidence: { ...evidence, durationUs },
  };
}

/** The same peer past the proxy, where that is possible: another certificate there means that the proxy looks inside TLS. */
export async function directly(inquiry: Inquiry): Promise<Finding> {
  const [address] = inquiry.directly;
  const { tls } = inquiry;
  if (address === undefined)
    return skipped('past the proxy no address accepts a connection, so the two ways cannot be compared');
  const made = await contact(inquiry, { address, directly: true, anyCertificate: true });
  if (!made.ok) {
    return {
      status: 'unknown',
      title: `past the proxy: ${rowOf(failureOf(made.sighting).id).title}`,
      evidence: { address },
      sighting: made.sighting,
    };
  }
  made.channel.close();
  const thumbprint = made.trace.facts.peerCertificate?.thumbprint ?? null;
  const evidence = { address, directly: thumbprint, throughProxy: tls?.certificate?.thumbprint ?? null };
  if (tls === undefined)
    return { status: 'ok', title: 'past the proxy TLS works: the fault is on the way through it', evidence };
  if (thumbprint === tls.certificate?.thumbprint)
    return { status: 'ok', title: 'past the proxy: the same certificate', evidence };
  inquiry.warn('trust.proxy-inspects', { directly: thumbprint, throughProxy: tls.certificate?.thumbprint ?? null });
  return { status: 'warning', title: `past the proxy another certificate: ${thumbprint ?? 'none'}`, evidence };
}
