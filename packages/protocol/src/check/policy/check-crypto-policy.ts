import type { Check } from '../../diagnostics/checks/check.js';
import { policyFindings } from '../../diagnostics/checks/policy.js';
import { readText } from '../../host/read-text.js';
import { singleLine } from '../../text/sanitize.js';
import type { Host } from '../host.js';

/** A policy and some modules. */
const POLICY_MAX_BYTES = 200;
const POLICY_MAX_CHARS = 60;

/** The policy of RHEL, Fedora and their kin, and FIPS mode of any Linux. */
export async function checkCryptoPolicy({ fileRoot }: Host): Promise<Check> {
  const { cryptoPolicy, noCryptoPolicy, futurePolicy, fipsPolicy } = policyFindings;
  const text = await readText(`${fileRoot}/etc/crypto-policies/state/current`, POLICY_MAX_BYTES);
  const fips = await readText(`${fileRoot}/proc/sys/crypto/fips_enabled`, 1);
  const policy = text === undefined ? undefined : singleLine(text, POLICY_MAX_CHARS);
  // `FUTURE`, or with modules `DEFAULT:SHA1:NO-CAMELLIA`.
  if (policy?.startsWith('FUTURE') === true) return futurePolicy.check({ policy });
  if (policy?.startsWith('FIPS') === true) return fipsPolicy.check({ policy });
  if (fips === '1') return fipsPolicy.check({ policy: policy ?? 'by its kernel' });
  return policy === undefined || policy === '' ? noCryptoPolicy.check({}) : cryptoPolicy.check({ policy });
}
