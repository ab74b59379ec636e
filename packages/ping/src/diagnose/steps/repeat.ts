import { probeConnection } from '../probe-connection.js';
import { type DiagnosisContext, skipped, type StepResult } from '../diagnosis-context.js';

/** Enough to meet each of two or three machines behind a load balancer, few enough to keep the peer's log readable. */
const REPETITIONS = 5;

/** Repeats the handshake: a path that fails intermittently, or leads to several machines, shows here. */
export async function repeatHandshake(context: DiagnosisContext): Promise<StepResult> {
  const { address, tls } = context;
  if (address === undefined || tls === undefined) return skipped('TLS does not work, so there is nothing to repeat');
  const results = new Map<string, number>();
  let failed: StepResult | undefined;
  let failedCount = 0;
  for (let count = 0; count < REPETITIONS && !context.signal.aborted; count++) {
    const probe = await probeConnection(context, { address, acceptAnyCertificate: true });
    if (probe.ok) probe.channel.close();
    else {
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
      title: `TLS fails intermittently: ${[...results].map(([result, count]) => `${count} of ${REPETITIONS} ${result}`).join(', ')}`,
      evidence,
    };
  const same = results.size === 1 && results.has(tls.certificate?.thumbprint ?? 'none');
  if (!same) context.warn('trust.several-certificates', { where: 'one-address' });
  return {
    status: same ? 'ok' : 'warning',
    title: same
      ? `${REPETITIONS} more connections, same certificate`
      : 'the certificate differs from one connection to the next',
    evidence,
  };
}
