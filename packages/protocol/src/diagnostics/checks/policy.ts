import { octopusServerCommand, tentacleCommand } from '../product-commands.js';
import { quoteWord } from '../quote-word.js';
import type { Commands, Step } from '../step.js';
import { counted } from '../wording.js';
import { defineFinding } from './finding.js';

/** The key and signature of a certificate. */
export interface CertificateStrength {
  /** The product whose certificate it is. */
  readonly owner: 'tentacle' | 'server';
  /** `localhost:10933` */
  readonly place: string;
  readonly thumbprint: string;
  /** `RSA 2048 bits` */
  readonly key: string;
  readonly signature: string;
}

const CERTIFICATE: CertificateStrength = {
  owner: 'tentacle',
  place: 'localhost:10933',
  thumbprint: 'A'.repeat(40),
  key: 'RSA 2048 bits',
  signature: 'sha256WithRSAEncryption',
};

function newCertificate({ owner }: CertificateStrength): Step {
  if (owner === 'server')
    return {
      who: 'server-admin',
      action:
        'Plan a new certificate: each Tentacle has to trust it first. Create one in a file, trust its thumbprint on all Tentacles, then import it.',
      ...octopusServerCommand('new-certificate --export-pfx=NEW.pfx --pfx-password=PASSWORD'),
    };
  return {
    who: 'tentacle-admin',
    action:
      'Create a new certificate. Then enter its thumbprint in Octopus (Infrastructure > the machine > Settings), or trust it on the other end.',
    ...tentacleCommand('new-certificate', 'show-thumbprint', 'service --restart'),
  };
}

const OPENSSL_FILE = '/etc/ssl/openssl.cnf';

/** Shows the settings of the system's OpenSSL. */
const opensslSettings = (file: string): Commands => ({
  linux: `sudo grep -nE 'MinProtocol|MaxProtocol|CipherString|^.include' ${quoteWord(file, 'FILE')}`,
});

/** A place in the settings of OpenSSL. */
interface OpensslSetting {
  readonly file: string;
  readonly value: string;
}

const SCHANNEL = 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols';

/** Why no clock was compared. */
const WHY_NOT = {
  'no-server': '; add --server URL, whose portal sends the time',
  'no-connection': ', because the portal cannot be reached',
  'no-date': ', because the portal sent no time',
} as const;

/** What the checks of certificates and of this host's policy can find. */
export const policyFindings = {
  certificate: defineFinding({
    id: 'policy.certificate-ok',
    group: 'policy',
    status: 'ok',
    title: ({ place, key, signature }: CertificateStrength) => `Own certificate at ${place}: ${key}, ${signature}`,
    example: CERTIFICATE,
  }),
  weakKey: defineFinding({
    id: 'policy.certificate-weak-key',
    group: 'policy',
    status: 'problem',
    title: ({ place, key }: CertificateStrength) => `The key of the own certificate at ${place} is too short: ${key}`,
    means: () =>
      'Current versions of OpenSSL and Windows do not accept such a key, so that TLS fails. The usual key has 2048 bits.',
    next: (facts) => [newCertificate(facts)],
    example: { ...CERTIFICATE, key: 'RSA 1024 bits' },
  }),
  sha1: defineFinding({
    id: 'policy.certificate-sha1',
    group: 'policy',
    status: 'warning',
    title: ({ place, signature }: CertificateStrength) =>
      `The own certificate at ${place} has an outdated signature: ${signature}`,
    means: () =>
      'Systems with a strict policy, such as RHEL 9 and FIPS mode, may refuse to use or to accept it. Octopus created such certificates before version 3.14 (2017), and upgrades keep them.',
    next: (facts) => [newCertificate(facts)],
    example: { ...CERTIFICATE, signature: 'sha1WithRSAEncryption' },
  }),
  noCertificate: defineFinding({
    id: 'policy.certificate-not-shown',
    group: 'policy',
    status: 'skipped',
    title: ({ ports }: { readonly ports: string }) => `Own certificate: nothing presents one on this host (${ports})`,
    example: { ports: 'port 10933' },
  }),
  openssl: defineFinding({
    id: 'policy.openssl-ok',
    group: 'policy',
    status: 'ok',
    title: ({ version, settings }: { readonly version: string; readonly settings: string }) =>
      `${version} of this system: ${settings}`,
    example: { version: 'OpenSSL 3.0.20', settings: 'default settings' },
  }),
  opensslLevel: defineFinding({
    id: 'policy.openssl-level',
    group: 'policy',
    status: 'problem',
    title: ({ value, file }: OpensslSetting) => `OpenSSL is set to security level ${value} (${file})`,
    means: () =>
      'From level 3 on, RSA keys need 3072 bits. The certificates that Octopus creates have 2048, so that Tentacle and Octopus Server cannot use them: every TLS handshake fails.',
    next: ({ file }) => [
      {
        who: 'tentacle-admin',
        action: 'Set CipherString to DEFAULT@SECLEVEL=2 there, and restart the service.',
        ...opensslSettings(file),
      },
      {
        who: 'tentacle-admin',
        action:
          'If the level has to stay, keep a file with level 2 for this service only, and name it in its environment variable OPENSSL_CONF.',
      },
    ],
    example: { file: OPENSSL_FILE, value: '3' },
  }),
  opensslMaxProtocol: defineFinding({
    id: 'policy.openssl-max-protocol',
    group: 'policy',
    status: 'problem',
    title: ({ value, file }: OpensslSetting) => `OpenSSL is limited to ${value} (${file})`,
    means: () => 'Octopus Server and Tentacle use TLS 1.2 and 1.3 only, which this setting switches off.',
    next: ({ file }) => [
      {
        who: 'tentacle-admin',
        action: 'Remove MaxProtocol there, or set it to TLSv1.3, and restart the service.',
        ...opensslSettings(file),
      },
    ],
    example: { file: OPENSSL_FILE, value: 'TLSv1.1' },
  }),
  opensslMinProtocol: defineFinding({
    id: 'policy.openssl-min-protocol',
    group: 'policy',
    status: 'warning',
    title: ({ value, file }: OpensslSetting) => `OpenSSL accepts ${value} or later only (${file})`,
    means: () =>
      'An Octopus Server or Tentacle on Windows Server 2019 or earlier offers TLS 1.2 at most, and cannot connect.',
    next: ({ file }) => [
      {
        who: 'tentacle-admin',
        action: 'If the other end runs on such a system, set MinProtocol to TLSv1.2 there and restart the service.',
        ...opensslSettings(file),
      },
    ],
    example: { file: OPENSSL_FILE, value: 'TLSv1.3' },
  }),
  opensslUnread: defineFinding({
    id: 'policy.openssl-unread',
    group: 'policy',
    status: 'unknown',
    title: ({ file, why }: { readonly file: string; readonly why: string }) =>
      `The settings of OpenSSL were not read: ${file} (${why})`,
    means: () => 'A minimum TLS version or a security level there would apply to Tentacle.',
    next: ({ file }) => [
      {
        who: 'tentacle-admin',
        action: 'Run this check as root, or show the settings.',
        ...opensslSettings(file),
      },
    ],
    example: { file: OPENSSL_FILE, why: 'permission denied' },
  }),
  cryptoPolicy: defineFinding({
    id: 'policy.crypto-policy-ok',
    group: 'policy',
    status: 'ok',
    title: ({ policy }: { readonly policy: string }) => `The system-wide cryptographic policy is ${policy}`,
    example: { policy: 'DEFAULT' },
  }),
  noCryptoPolicy: defineFinding({
    id: 'policy.crypto-policy-none',
    group: 'policy',
    status: 'skipped',
    title: () => 'No system-wide cryptographic policy (RHEL and Fedora have one)',
    example: {},
  }),
  futurePolicy: defineFinding({
    id: 'policy.crypto-policy-future',
    group: 'policy',
    status: 'problem',
    title: ({ policy }: { readonly policy: string }) => `The system-wide cryptographic policy is ${policy}`,
    means: () =>
      'It requires RSA keys of 3072 bits. The certificates that Octopus creates have 2048, so that TLS fails on this host.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Use the policy DEFAULT, or a policy module that sets min_rsa_size to 2048. Then restart the service.',
        linux: 'update-crypto-policies --show\nsudo update-crypto-policies --set DEFAULT',
      },
    ],
    example: { policy: 'FUTURE' },
  }),
  fipsPolicy: defineFinding({
    id: 'policy.crypto-policy-fips',
    group: 'policy',
    status: 'warning',
    title: ({ policy }: { readonly policy: string }) => `This system is in FIPS mode (${policy})`,
    means: () =>
      'TLS 1.2 then needs the extended master secret, which old Windows versions and some proxies do not offer. Certificates that are signed with SHA-1 are refused.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'If TLS fails with another end, compare what each of them offers.',
        linux: 'fips-mode-setup --check\nupdate-crypto-policies --show',
      },
    ],
    example: { policy: 'FIPS' },
  }),
  schannel: defineFinding({
    id: 'policy.schannel-ok',
    group: 'policy',
    status: 'ok',
    title: ({ settings }: { readonly settings: string }) => `Windows (Schannel): ${settings}`,
    example: { settings: 'TLS 1.2 is enabled for clients and servers' },
  }),
  schannelOff: defineFinding({
    id: 'policy.schannel-tls12-disabled',
    group: 'policy',
    status: 'problem',
    title: ({ role }: { readonly role: string }) => `TLS 1.2 is disabled in Windows for ${role} (Schannel)`,
    means: ({ role }) =>
      `Octopus Server and Tentacle use TLS 1.2, and 1.3 where Windows has it. This host offers neither to the other end as ${role === 'clients' ? 'a client' : 'a server'}.`,
    next: ({ role }) => [
      {
        who: 'tentacle-admin',
        action:
          'Enable TLS 1.2 there, and restart Windows. Group policies or tools such as IIS Crypto may set it again.',
        windows: `Get-ItemProperty '${SCHANNEL}\\TLS 1.2\\${role === 'clients' ? 'Client' : 'Server'}'`,
      },
    ],
    example: { role: 'servers' },
  }),
  schannelUnread: defineFinding({
    id: 'policy.schannel-unread',
    group: 'policy',
    status: 'unknown',
    title: ({ why }: { readonly why: string }) => `The TLS versions that Windows allows were not read (${why})`,
    means: () => 'They are settings of Schannel in the registry, which every account may read.',
    next: () => [{ who: 'tentacle-admin', action: 'Show them.', windows: `Get-ChildItem -Recurse '${SCHANNEL}'` }],
    example: { why: 'reg.exe did not finish in time' },
  }),
  clock: defineFinding({
    id: 'policy.clock-ok',
    group: 'policy',
    status: 'ok',
    title: ({ host, offset, accuracy }: ClockOffset) =>
      `The clock differs from that of ${host} by ${offset} s (within ${accuracy} s)`,
    example: { host: 'octopus.example', offset: '0.2', accuracy: '0.6' },
  }),
  clockDiffers: defineFinding({
    id: 'policy.clock-differs',
    group: 'policy',
    status: 'warning',
    title: ({ host, offset, accuracy }: ClockOffset) =>
      `The clock differs from that of ${host} by ${offset} s (within ${accuracy} s)`,
    means: () =>
      'Halibut does not check dates. Web clients do, so that registration can fail. Times in the logs of both ends do not match, and sign-in with Kerberos fails from 5 minutes on.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check the time synchronization of this host.',
        windows: 'w32tm /query /status\nw32tm /query /source',
        linux: 'timedatectl\nchronyc tracking',
      },
      {
        who: 'server-admin',
        action: "If this host's clock is right, check that of the Octopus Server.",
        windows: 'w32tm /query /status',
      },
    ],
    example: { host: 'octopus.example', offset: '412.3', accuracy: '0.6' },
  }),
  clockUnknown: defineFinding({
    id: 'policy.clock-not-compared',
    group: 'policy',
    status: 'skipped',
    title: ({ why }: { readonly why: 'no-server' | 'no-connection' | 'no-date' }) =>
      `Clock: not compared${WHY_NOT[why]}`,
    example: { why: 'no-server' },
  }),
  ports: defineFinding({
    id: 'policy.ephemeral-ports-ok',
    group: 'policy',
    status: 'ok',
    title: ({ used, total, first, last }: EphemeralPorts) =>
      `${used.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} ports for outgoing connections are in use (${first} to ${last})`,
    example: { used: 120, total: 28_232, first: 32_768, last: 60_999 },
  }),
  fewPorts: defineFinding({
    id: 'policy.ephemeral-ports-few',
    group: 'policy',
    status: 'warning',
    title: ({ used, total }: EphemeralPorts) =>
      `Few ports for outgoing connections are left: ${used.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} are in use`,
    means: () =>
      'Without a free port, new connections fail with "address already in use" or "cannot assign requested address". A closed connection keeps its port for some minutes.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Find the program with the most connections.',
        windows:
          'Get-NetTCPConnection | Group-Object OwningProcess -NoElement | Sort-Object Count -Descending | Select-Object -First 10',
        linux:
          "ss -tan | awk '{print $1}' | sort | uniq -c\nsudo ss -tanp | grep -o 'users:.*' | sort | uniq -c | sort -rn | head",
      },
      {
        who: 'tentacle-admin',
        action: 'If all of them are needed, show the range and widen it.',
        windows: 'netsh int ipv4 show dynamicport tcp',
        linux: 'sysctl net.ipv4.ip_local_port_range',
      },
    ],
    example: { used: 27_900, total: 28_232, first: 32_768, last: 60_999 },
  }),
  portsUnread: defineFinding({
    id: 'policy.ephemeral-ports-unread',
    group: 'policy',
    status: 'unknown',
    title: ({ why }: { readonly why: string }) => `The ports for outgoing connections were not counted (${why})`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Show the range, and count the connections.',
        windows: 'netsh int ipv4 show dynamicport tcp\nGet-NetTCPConnection | Measure-Object',
        linux: 'sysctl net.ipv4.ip_local_port_range\nss -tan | wc -l',
      },
    ],
    example: { why: '/proc/net/tcp cannot be read' },
  }),
  files: defineFinding({
    id: 'policy.open-files-ok',
    group: 'policy',
    status: 'ok',
    title: ({ name, pid, used, limit }: OpenFiles) =>
      `${name} (process ${pid}) has ${counted(used, 'open file')}, of ${limit.toLocaleString('en-US')} at most`,
    example: { name: 'Tentacle', pid: 4711, used: 210, limit: 524_288 },
  }),
  manyFiles: defineFinding({
    id: 'policy.open-files-many',
    group: 'policy',
    status: 'warning',
    title: ({ name, pid, used, limit }: OpenFiles & { readonly unit: string }) =>
      `${name} (process ${pid}) has ${counted(used, 'open file')} of the ${limit.toLocaleString('en-US')} that it may have`,
    means: () =>
      'Each connection is an open file. At the limit, the process accepts no connection and starts no script ("Too many open files").',
    next: ({ name, pid, unit }) => [
      {
        who: 'tentacle-admin',
        action: 'Look at its open files: thousands of one kind show what leaks.',
        linux: `sudo ls -l /proc/${pid}/fd | awk '{print $NF}' | sort | uniq -c | sort -rn | head`,
      },
      {
        who: 'tentacle-admin',
        action: `If all are needed, set LimitNOFILE in the systemd unit of ${name}, and restart it.`,
        linux: `sudo systemctl edit ${quoteWord(unit, 'UNIT')}\nsudo systemctl restart ${quoteWord(unit, 'UNIT')}`,
      },
    ],
    example: { name: 'Tentacle', pid: 4711, used: 980, limit: 1024, unit: 'Tentacle.service' },
  }),
  filesHidden: defineFinding({
    id: 'policy.open-files-hidden',
    group: 'policy',
    status: 'unknown',
    title: ({ name, pid, limit }: OpenFiles) =>
      `${name} (process ${pid}) may have ${limit.toLocaleString('en-US')} open files; how many it has is hidden`,
    means: () => 'Only root and the account of the process see its open files.',
    next: ({ pid }) => [
      {
        who: 'tentacle-admin',
        action: 'Run this check as root, or count them.',
        linux: `sudo ls /proc/${pid}/fd | wc -l`,
      },
    ],
    example: { name: 'Tentacle', pid: 4711, used: 0, limit: 524_288 },
  }),
  noProcess: defineFinding({
    id: 'policy.open-files-none',
    group: 'policy',
    status: 'skipped',
    title: ({ why }: { readonly why: 'no-process' | 'windows' }) =>
      why === 'windows'
        ? 'Open files: Windows has no limit that connections reach'
        : 'Open files: no process of Tentacle or Octopus Server runs here',
    example: { why: 'no-process' },
  }),
};

/** A measured difference of clocks, in seconds: positive where this host is ahead. */
interface ClockOffset {
  readonly host: string;
  readonly offset: string;
  readonly accuracy: string;
}

/** The ports for outgoing connections. */
interface EphemeralPorts {
  readonly used: number;
  readonly total: number;
  readonly first: number;
  readonly last: number;
}

/** The open files of one process. */
interface OpenFiles {
  readonly name: string;
  readonly pid: number;
  readonly used: number;
  readonly limit: number;
}
