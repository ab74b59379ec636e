import { promises as dns } from 'node:dns';
import type { Check } from '../../diagnostics/checks/check.js';
import { addressFindings } from '../../diagnostics/checks/addresses.js';
import { ownAddresses } from '../../host/addresses.js';
import { readText } from '../../host/read-text.js';
import { resolveName } from '../../net/resolve.js';
import { Deadline } from '../../time/clock.js';
import type { Host } from '../host.js';
import { isLoopback } from './address-kinds.js';

/** A resolver that does not answer in this time delays every connection by name, too. */
const LOOKUP_MS = 3000;

/** A file of some lines. */
const RESOLV_CONF_MAX_BYTES = 64 * 1024;

/** Checks what this host's name resolves to, here and in DNS. */
export async function checkOwnName(host: Host, signal: AbortSignal): Promise<readonly Check[]> {
  // Whether a name leads here cannot be said.
  if (ownAddresses(host.interfaces).length === 0) return [];
  const fullName = await readFullName(host);
  const [here, inDns] = await Promise.all([
    checkHere(host, signal),
    fullName === undefined ? undefined : checkDns(host, fullName),
  ]);
  return inDns === undefined ? [here] : [here, inDns];
}

async function checkHere(host: Host, signal: AbortSignal): Promise<Check> {
  const name = host.hostname;
  try {
    const resolved = await resolveName(name, undefined, Deadline.inMs(LOOKUP_MS), signal);
    const addresses = [...new Set(resolved.map(({ address }) => address))];
    const elsewhere = addresses.filter((address) => !isHere(host, address));
    const lines = addresses.map((address) => `${name} ${address}`);
    if (elsewhere.length > 0) return addressFindings.nameElsewhere.check({ name, addresses: elsewhere }, lines);
    if (addresses.every(isLoopback)) return addressFindings.nameLoopback.check({ name, addresses }, lines);
    return addressFindings.nameHere.check({ name, addresses: addresses.slice(0, 3) }, lines);
  } catch (error) {
    return addressFindings.nameUnresolved.check({ name, code: codeOf(error) });
  }
}

/** Asks DNS itself: the hosts file of this host hides what others get. */
async function checkDns(host: Host, name: string): Promise<Check> {
  const resolver = new dns.Resolver({ timeout: LOOKUP_MS / 2, tries: 1 });
  const timer = setTimeout(() => resolver.cancel(), LOOKUP_MS);
  const results = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  clearTimeout(timer);
  const addresses = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const codes = results.flatMap((result) => (result.status === 'rejected' ? [codeOf(result.reason)] : []));
  const elsewhere = addresses.filter((address) => !isHere(host, address));
  const lines = addresses.map((address) => `DNS: ${name} ${address}`);
  if (elsewhere.length > 0) return addressFindings.dnsElsewhere.check({ name, addresses: elsewhere }, lines);
  if (addresses.length > 0) return addressFindings.dnsHere.check({ name, addresses: addresses.slice(0, 3) }, lines);
  const failed = codes.find((code) => code !== 'ENOTFOUND' && code !== 'ENODATA');
  return failed === undefined
    ? addressFindings.dnsMissing.check({ name })
    : addressFindings.dnsUnanswered.check({ name, code: failed });
}

/** The name in DNS: the host's own, or with the domain that the system adds to short names. */
async function readFullName({ hostname, platform, env, fileRoot }: Host): Promise<string | undefined> {
  if (hostname.includes('.')) return hostname;
  const domain =
    platform === 'win32'
      ? env['USERDNSDOMAIN']
      : /^(?:search|domain)\s+(\S+)/m.exec(
          (await readText(`${fileRoot}/etc/resolv.conf`, RESOLV_CONF_MAX_BYTES)) ?? '',
        )?.[1];
  return domain === undefined || !/^[\w-]+(?:\.[\w-]+)*\.?$/.test(domain)
    ? undefined
    : `${hostname}.${domain}`.toLowerCase().replace(/\.$/, '');
}

/** Whether an address is one of this host. */
export function isHere({ interfaces }: Pick<Host, 'interfaces'>, address: string): boolean {
  const plain = (text: string): string => text.replace(/%.*/, '').toLowerCase();
  return isLoopback(address) || ownAddresses(interfaces).some((own) => plain(own) === plain(address));
}

/** The code of a resolver's error. */
export function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : 'unknown error';
}
