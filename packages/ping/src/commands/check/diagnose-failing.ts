import type { BundleFile, CheckReport, CheckTargets } from 'tentacle-protocol/check';
import { type Environment, type ParsedOptions, toJsonLine } from 'tentacle-protocol/cli';
import { diagnose } from '../../diagnose/diagnose.js';
import { loadClientIdentity } from '../../options/client-identity.js';
import { parseLoadProfile } from '../../options/load-profile.js';
import { resolveProxy } from '../../options/resolve-proxy.js';
import { runOptionsFor } from '../../options/run-options.js';

/** Each opens a dozen connections, which leave lines in the log of a Tentacle; more of them show the same cause. */
const DIAGNOSES_MAX = 3;

/** A Tentacle that does not answer is waited for in several steps, and a person waits for the bundle. */
const STEP_TIMEOUT_US = 5_000_000;

/** Diagnoses listening Tentacles of the list whose test found a problem: files for the bundle. */
export async function diagnoseFailing(
  report: CheckReport,
  targets: CheckTargets | undefined,
  { parsed, version, environment }: { parsed: ParsedOptions; version: string; environment: Environment },
): Promise<readonly BundleFile[]> {
  const failing = failingTentacles(report).slice(0, DIAGNOSES_MAX);
  if (failing.length === 0) return [];
  const identity = await loadClientIdentity(parsed, environment);
  const { stop, status } = environment;
  status?.show(`diagnosing: ${failing.map(({ host }) => host).join(', ')}`);
  return Promise.all(
    failing.map(async ({ host, port }, i) => {
      const thumbprint = targets?.targets.find((target) => target.host === host && target.port === port)?.thumbprint;
      const plain = {
        ...runOptionsFor({ host, port }, parsed, parseLoadProfile(parsed, { count: 1 })),
        timeoutUs: STEP_TIMEOUT_US,
        ...(thumbprint === undefined ? {} : { thumbprint }),
      };
      const options = await resolveProxy(plain, parsed, environment);
      const diagnosis = await diagnose({ options, identity, version, stop, onStep: () => undefined });
      const name = `diagnose/${i + 1}-${host.replaceAll(/[^\w.-]/g, '_').slice(0, 60)}.json`;
      return { name, content: toJsonLine(diagnosis), about: 'as tentacle-ping diagnose --json prints it' };
    }),
  );
}

function failingTentacles({ groups }: CheckReport): { readonly host: string; readonly port: number }[] {
  const failing = new Map<string, { readonly host: string; readonly port: number }>();
  for (const { status, endpoint } of groups.flatMap(({ checks }) => checks))
    if (status === 'problem' && endpoint?.use === 'tentacle')
      failing.set(`${endpoint.host}:${endpoint.port}`, { host: endpoint.host, port: endpoint.port });
  return [...failing.values()];
}
