import { versions } from 'node:process';
import type { Check } from '../../diagnostics/checks/check.js';
import { policyFindings } from '../../diagnostics/checks/policy.js';
import { singleLine } from '../../text/sanitize.js';
import type { UnreadPlace } from '../configuration/configuration.js';
import type { Host } from '../host.js';
import { type OpensslSettings, readOpensslSettings } from './openssl-settings.js';

/** Where Debian and its kin keep it, then RHEL and its kin. */
const PLACES = ['/etc/ssl/openssl.cnf', '/etc/pki/tls/openssl.cnf'];

/** From this level on, RSA keys need 3072 bits. */
const LEVEL_TOO_HIGH = 3;

/** Versions that neither Octopus Server nor Tentacle uses. */
const OLD_PROTOCOL = /^(SSLv\d|TLSv1|TLSv1\.[01])$/;

const VERSION_MAX_CHARS = 60;

/** Node.js has an OpenSSL of its own, and reads another section of another file. */
const NOTE = `this tool uses OpenSSL ${versions.openssl} of Node.js, to which these settings do not apply`;

/** The settings of this system's OpenSSL, which .NET uses on Linux. */
export async function checkOpenssl(host: Host): Promise<readonly Check[]> {
  const { openssl } = policyFindings;
  const [version = 'OpenSSL', folder] = await Promise.all([outputOf(host, 'version'), folderOf(host)]);
  for (const file of new Set([...(folder === undefined ? [] : [`${folder}/openssl.cnf`]), ...PLACES])) {
    const settings = await readOpensslSettings(host, file);
    if ('why' in settings) {
      if (settings.why === 'missing') continue;
      return [unreadCheck(settings)];
    }
    const unread = settings.unread.map(unreadCheck);
    const faults = faultsOf(settings, file);
    if (faults.length > 0) return [...faults, ...unread];
    const evidence = [...settings.files.map((name) => `read ${name}`), NOTE];
    return [openssl.check({ version, settings: describeSettings(settings) }, evidence), ...unread];
  }
  return [openssl.check({ version, settings: 'no configuration file, so that its defaults apply' }, [NOTE])];
}

function unreadCheck({ path, why, detail = why }: UnreadPlace): Check {
  return policyFindings.opensslUnread.check({ file: path, why: detail }, [NOTE]);
}

function faultsOf({ minProtocol, maxProtocol, level, files }: OpensslSettings, file: string): Check[] {
  const { opensslLevel, opensslMaxProtocol, opensslMinProtocol } = policyFindings;
  const evidence = [...files.map((name) => `read ${name}`), NOTE];
  return [
    ...(level !== undefined && level >= LEVEL_TOO_HIGH
      ? [opensslLevel.check({ file, value: String(level) }, evidence)]
      : []),
    ...(maxProtocol !== undefined && OLD_PROTOCOL.test(maxProtocol)
      ? [opensslMaxProtocol.check({ file, value: maxProtocol }, evidence)]
      : []),
    ...(minProtocol === 'TLSv1.3' ? [opensslMinProtocol.check({ file, value: minProtocol }, evidence)] : []),
  ];
}

function describeSettings({ minProtocol, maxProtocol, level }: OpensslSettings): string {
  const parts = [
    ...(minProtocol === undefined ? [] : [`${singleLine(minProtocol, VERSION_MAX_CHARS)} or later`]),
    ...(maxProtocol === undefined ? [] : [`${singleLine(maxProtocol, VERSION_MAX_CHARS)} or earlier`]),
    ...(level === undefined ? [] : [`security level ${level}`]),
  ];
  return parts.length === 0 ? 'default settings' : parts.join(', ');
}

/** The version in the words of OpenSSL: `OpenSSL 3.0.20 7 Apr 2026`; undefined where its command is not installed. */
async function outputOf(host: Host, ...args: readonly string[]): Promise<string | undefined> {
  const result = await host.run('openssl', args);
  if (result.kind !== 'done' || result.status !== 0) return undefined;
  return singleLine(result.stdout.replace(/\(Library:.*\)/, ''), VERSION_MAX_CHARS);
}

/** The folder that this system's OpenSSL was built for. */
async function folderOf(host: Host): Promise<string | undefined> {
  return /OPENSSLDIR: "(\/[^"]*)"/.exec((await outputOf(host, 'version', '-d')) ?? '')?.[1];
}
