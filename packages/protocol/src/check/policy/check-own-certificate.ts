import type { Check } from '../../diagnostics/checks/check.js';
import { failureDefinition } from '../../diagnostics/catalogue.js';
import { failureOf } from '../../diagnostics/evidence.js';
import { policyFindings } from '../../diagnostics/checks/policy.js';
import { isWildcard } from '../../host/addresses.js';
import type { CertificateFacts } from '../../identity/certificate.js';
import type { CheckContext } from '../check-context.js';
import { connectEndpoint } from '../endpoints/connection.js';
import { readCheckedPorts } from '../port/configured-ports.js';
import { failureCheck, testedEndpoint } from '../endpoints/endpoint-check.js';

/** Shorter RSA keys are not accepted by OpenSSL and Windows at their usual level. */
const RSA_BITS_LEAST = 2048;

/** The certificates that this host presents on its own ports: their keys and signatures. */
export async function checkOwnCertificates(context: CheckContext): Promise<readonly Check[]> {
  const places = await ownPorts(context);
  const checks = await Promise.all(places.map(async (place) => checkOne(context, place)));
  const found = checks.filter((check) => check !== undefined);
  if (found.length > 0) return found;
  const ports = places.length === 0 ? 'no port to ask' : places.map(({ port }) => `port ${port}`).join(', ');
  return [policyFindings.noCertificate.check({ ports })];
}

interface OwnPort {
  readonly host: string;
  readonly port: number;
}

/** The ports that are checked, at the addresses that instances listen on. */
async function ownPorts(context: CheckContext): Promise<OwnPort[]> {
  const ports = await readCheckedPorts(context);
  return ports.flatMap(({ port, instances }) => {
    const hosts = instances.map(({ bind }) => (bind === undefined || isWildcard(bind) ? 'localhost' : bind));
    return [...new Set(hosts.length === 0 ? ['localhost'] : hosts)].map((host) => ({ host, port }));
  });
}

async function checkOne({ side, signal }: CheckContext, { host, port }: OwnPort): Promise<Check | undefined> {
  const endpoint = { use: 'tentacle', host, port, path: '', expected: [] } as const;
  const connection = await connectEndpoint({ endpoint, signal });
  if (!connection.ok) {
    const { observation } = connection;
    // A certificate that cannot be used shows as a failing handshake.
    if (failureDefinition(failureOf(observation).id).stage !== 'tls') return undefined;
    const { endpoint: _, ...check } = failureCheck(observation, testedEndpoint({ endpoint, signal }, connection));
    return check;
  }
  connection.channel.close();
  const certificate = connection.trace.facts.peerCertificate;
  return certificate === undefined ? undefined : judge(side, `${host}:${port}`, certificate);
}

function judge(
  owner: 'tentacle' | 'server',
  place: string,
  { thumbprint, keyType, keyBits, signatureAlgorithm }: CertificateFacts,
): Check {
  const { certificate, weakKey, sha1 } = policyFindings;
  const key = `${keyType.toUpperCase()}${keyBits === undefined ? '' : ` ${keyBits} bits`}`;
  const facts = { owner, place, thumbprint, key, signature: signatureAlgorithm };
  const evidence = [`thumbprint ${thumbprint}`];
  if (keyType.startsWith('rsa') && keyBits !== undefined && keyBits < RSA_BITS_LEAST)
    return weakKey.check(facts, evidence);
  return /sha1|md5/i.test(signatureAlgorithm) ? sha1.check(facts, evidence) : certificate.check(facts, evidence);
}
