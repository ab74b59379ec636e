import type { CertificateFacts } from 'tentacle-protocol';
import { probeConnection } from '../probe-connection.js';
import { type DiagnosisContext, skipped, type StepResult } from '../diagnosis-context.js';
import { observeUnexpectedThumbprint } from './certificate.js';

/** Enough to meet each of two or three machines behind a load balancer, few enough to keep the peer's log readable. */
const REPETITIONS = 5;

/** Repeats the handshake: a path that fails intermittently, or leads to several machines, shows here. */
export async function repeatHandshake(context: DiagnosisContext): Promise<StepResult> {
  const { address, tls } = context;
  if (address === undefined || tls === undefined) return skipped(context.noTlsReason);
  const results = new Map<string, number>();
  let failed: StepResult | undefined;
  let failedCount = 0;
  const certificates: CertificateFacts[] = [];
  for (let count = 0; count < REPETITIONS && !context.signal.aborted; count++) {
    const probe = await probeConnection(context, { address, acceptAnyCertificate: true });
    if (probe.ok) {
      probe.channel.close();
      const { peerCertificate } = probe.trace.facts;
      if (peerCertificate !== undefined) certificates.push(peerCertificate);
    } else {
      failedCount++;
      failed ??= { status: 'problem', title: 'TLS fails intermittently', observation: probe.observation };
    }
    const result = probe.ok
      ? (probe.trace.facts.peerCertificate?.thumbprint ?? 'none')
      : `failed with ${probe.observation.signature.code}`;
    results.set(result, (results.get(result) ?? 0) + 1);
  }
  const evidence = { times: REPETITIONS, seen: Object.fromEntries(results) };
  if (failed !== undefined)
    return {
      ...failed,
      share: { failed: failedCount, of: REPETITIONS },
      title: `TLS fails in ${failedCount} of ${REPETITIONS} connections`,
      details: [...results].map(([result, count]) => `${count} of ${REPETITIONS}: ${result}`),
      evidence,
    };
  const intermittent = unexpectedResult(context, certificates);
  if (intermittent !== undefined) return { ...intermittent, evidence };
  const same = results.size === 1 && results.has(tls.certificate?.thumbprint ?? 'none');
  if (!same) context.warn('trust.several-certificates', { where: 'one-address' });
  return {
    status: same ? 'ok' : 'warning',
    title: same
      ? `${REPETITIONS} more connections, same certificate`
      : 'the certificate differs from one connection to the next',
    details: same ? undefined : [...results].map(([result, count]) => `${count} of ${REPETITIONS}: ${result}`),
    evidence,
  };
}

/** Where one certificate is expected: in how many connections another one was presented, unless it was in all. */
function unexpectedResult(
  context: DiagnosisContext,
  certificates: readonly CertificateFacts[],
): StepResult | undefined {
  const { tls, options } = context;
  const others = certificates.filter(({ thumbprint }) => thumbprint !== options.thumbprint);
  const [other] = others;
  if (options.thumbprint === undefined || other === undefined) return undefined;
  const expected = certificates.length - others.length;
  const wasExpected = tls?.certificate?.thumbprint === options.thumbprint;
  if (expected === 0 && !wasExpected) return undefined;
  context.expectedSeen =
    'Other connections to the same address present the expected certificate, so there are several machines behind it.';
  return {
    status: 'problem',
    title: `the expected certificate in ${expected} of ${certificates.length} more connections`,
    observation: observeUnexpectedThumbprint(context, other),
    share: { failed: others.length, of: certificates.length },
  };
}
