import { readFile } from 'node:fs/promises';
import type { Check } from '../../diagnostics/checks/check.js';
import { policyFindings } from '../../diagnostics/checks/policy.js';
import { singleLine } from '../../text/sanitize.js';
import type { Host } from '../host.js';

const POLICY_MAX_CHARS = 60;

/** The policy of RHEL, Fedora and their kin, and FIPS mode of any Linux. */
export async function checkCryptoPolicy({ fileRoot }: Host): Promise<Check> {
  const { cryptoPolicy, noCryptoPolicy, futurePolicy, fipsPolicy } = policyFindings;
  const text = await readFile(`${fileRoot}/etc/crypto-policies/state/current`, 'latin1').catch(() => undefined);
  const fips = await readFile(`${fileRoot}/proc/sys/crypto/fips_enabled`, 'latin1').catch(() => '0');
  const policy = text === undefined ? undefined : singleLine(text, POLICY_MAX_CHARS);
  // `FUTURE`, or with modules `DEFAULT:SHA1:NO-CAMELLIA`.
  if (policy?.startsWith('FUTURE') === true) return futurePolicy.check({ policy });
  if (policy?.startsWith('FIPS') === true) return fipsPolicy.check({ policy });
  if (fips.trim() === '1') return fipsPolicy.check({ policy: policy ?? 'by its kernel' });
  return policy === undefined || policy === '' ? noCryptoPolicy.check({}) : cryptoPolicy.check({ policy });
}
