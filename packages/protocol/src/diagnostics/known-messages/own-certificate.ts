import { octopusServerCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { defineMessage, type MessageFacts } from './known-message.js';

/** Commands of Octopus Server where it wrote the message; of Tentacle otherwise. */
const isServers = ({ origin }: MessageFacts): boolean => origin?.product === 'server';

/** Replaces the certificate whose key is lost. */
function replaceLost(seen: MessageFacts): Step {
  if (isServers(seen))
    return {
      who: 'server-admin',
      action:
        'If the key is lost, import a backup of the certificate and restart Octopus Server. Without a backup a new certificate is needed, and every Tentacle has to trust it first.',
      ...octopusServerCommand(
        'import-certificate --from-file=C:\\Octopus\\backup.pfx --pfx-password=PASSWORD',
        'service --restart',
      ),
    };
  return {
    who: 'tentacle-admin',
    action:
      'If the key is lost, create a new certificate and restart the Tentacle. Until the new thumbprint is in its settings in Octopus, the server and this Tentacle reject each other. (For an Octopus Server, import a backup of its certificate instead: a new one cuts off every Tentacle.)',
    ...tentacleCommand('new-certificate', 'service --restart'),
  };
}

/** Shows under which account the service runs, and which accounts may read the keys of the machine. */
function keyRights(seen: MessageFacts): Step {
  return {
    who: isServers(seen) ? 'server-admin' : 'tentacle-admin',
    action:
      'Check under which account the service runs, and whether that account may read the private key. Keys of the machine are files in the folder below; a key created by another user is in the profile of that user.',
    windows:
      'Get-CimInstance Win32_Service -Filter "Name LIKE \'Octopus%\'" | Select-Object Name, StartName\nicacls C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys',
    ...(isServers(seen) ? {} : { linux: 'systemctl show -p User Tentacle\nsudo ls -l /etc/octopus/machinekey' }),
  };
}

/** Uses the key with the rights of an administrator. */
function tryElevated(seen: MessageFacts): Step {
  if (isServers(seen))
    return {
      who: 'server-admin',
      action:
        'Export the certificate in an elevated prompt. If that works, only the rights of the account that logged this message are missing, and you have a backup.',
      ...octopusServerCommand('export-certificate --export-pfx=C:\\Octopus\\backup.pfx --pfx-password=PASSWORD'),
    };
  return {
    who: 'tentacle-admin',
    action:
      'Show the thumbprint in an elevated prompt (Linux: with sudo). If that works, only the rights of the account that logged this message are missing.',
    ...tentacleCommand('show-thumbprint'),
  };
}

/** Faults of an end's own certificate or key. The network and the other end are not involved. */
export const ownCertificateMessages = [
  defineMessage({
    id: 'local.certificate-key-unusable',
    patterns: [
      'keyset does not exist',
      'does not have a private key',
      'the private key was not loaded',
      'does not include the private key',
      'must use a certificate with the associated private key',
      'must use a certificate with the corresponding private key',
      'the credentials supplied to the package were not recognized',
      'no credentials are available in the security package',
      '0x8009030d',
      '0x8009030e',
      'cryptographicexception: access is denied',
      'cryptographicexception: access denied',
      {
        oneOf: ['object was not found'],
        regex: /(?:^|(?:exception|error|fatal|warn|>):? {0,2})object was not found\.?["' ]{0,3}$/,
      },
      'rsa\\machinekeys...is denied',
      'x509stores...is denied',
      'keyset as registered is invalid',
      'invalid provider type specified',
      'cryptographicexception: an internal error occurred',
      'cryptographicexception: the system cannot find the file specified',
      '0x80090016',
      'no certificate was provided',
      'unable to obtain private key file name',
      'unable to locate private key file directory',
    ],
    text: 'Keyset does not exist / The X509 certificate provided does not have a private key, and so it cannot be used for listening. / The X509 certificate ... was loaded but the private key was not loaded.',
    means:
      'This end cannot use the private key of its own certificate, so it cannot complete TLS with any peer. The other end sees a handshake that is closed or reset. The network is not involved.',
    causes: [
      { text: "the service's account, or a prompt that is not elevated, may not read the key", failure: 'tls.closed' },
      {
        text: 'the key is gone: another profile or account, a deleted profile, a cloned or restored machine',
        failure: 'tls.closed',
      },
      { text: 'a certificate was imported without its private key, or with a key that .NET cannot use (CNG)' },
    ],
    next: (seen) => [tryElevated(seen), keyRights(seen), replaceLost(seen)],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234   4508      1 FATAL  System.Security.Cryptography.CryptographicException: Keyset does not exist',
  }),
  defineMessage({
    id: 'local.certificate-password',
    patterns: [
      'the specified network password is not correct',
      'the certificate data cannot be read with the provided password',
      'the provided certificate or password may be invalid',
      'unable to load x509 certificate',
      'unable to load certificate',
      'failed to retrieve certificate with the parameters specified',
      'does not contain any certificates',
      { oneOf: ['was not found'], regex: /certificate '.{1,200}' was not found/ },
      'no octopus 1.x tentacle certificate was found',
      'please specify the certificate to import',
      'please specify only one of either from-registry or from-file',
      'asn1 corrupted data',
      'asn1 bad tag value met',
      {
        oneOf: ['cannot find the requested object', 'bad data'],
        regex:
          /(?:^|(?:exception|error|fatal|warn|>):? {0,2})(?:cannot find the requested object|bad data)\.?["' ]{0,3}$/,
      },
      'cannot find the original signer',
    ],
    text: 'The specified network password is not correct. / The certificate data cannot be read with the provided password, the password may be incorrect. / ASN1 corrupted data',
    means:
      'A certificate file could not be opened. "Network password" is the wording of Windows for the password of a PFX file. Nothing was sent over the network.',
    causes: [
      { text: 'the password of the PFX file is wrong or missing' },
      { text: 'the file is not a PFX with its key (for example a .cer file, or base64 text of another command)' },
      { text: 'the file uses an encryption that this system does not open (AES on Windows before Server 2019)' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check whether the file opens with the password, and whether it contains a private key.',
        windows: 'certutil -dump C:\\Temp\\certificate.pfx',
        linux: 'openssl pkcs12 -in certificate.pfx -info -noout',
      },
      {
        who: 'tentacle-admin',
        action: 'Import it again with its password, then restart the Tentacle.',
        ...tentacleCommand('import-certificate --from-file=FILE --pfx-password=PASSWORD', 'service --restart'),
      },
    ],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234   4508      1 FATAL  System.Security.Cryptography.CryptographicException: The specified network password is not correct.',
  }),
  defineMessage({
    id: 'local.settings-key-unusable',
    patterns: [
      'key not valid for use in specified state',
      'the owner of the x509stores is not the current user',
      'machine key file at ... is corrupt',
      'unable to locate machineid file',
      'machine-id contents at',
      'unable to retrieve machinekey from secret',
      'unable to retrieve or create a machine key',
      'padding is invalid and cannot be removed',
      'crypto functions require the windows user profile',
      'cryptorequiresuserprofile',
      'windows user profile for this account is not loaded',
      'protecteddata.unprotect...the data is invalid',
      'the data protection operation was unsuccessful',
    ],
    text: 'Key not valid for use in specified state. / Machine key file at `...` is corrupt and cannot be loaded. / Padding is invalid and cannot be removed.',
    means:
      "The settings that contain this end's certificate are encrypted, and the key for them is not the one that they were encrypted with. The certificate cannot be loaded. The network is not involved.",
    causes: [
      { text: 'the configuration or the disk was copied from another machine (a cloned or restored machine)' },
      { text: 'another user ran the command or the service: the Windows profile of the first one is needed' },
      {
        text: 'Linux: /etc/octopus/machinekey, /etc/machine-id or the x509stores were replaced or belong to another user',
      },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action:
          'Check the account of the service and the age of the key: a key newer than the configuration explains it.',
        windows: 'Get-CimInstance Win32_Service -Filter "Name LIKE \'Octopus%\'" | Select-Object Name, StartName',
        linux:
          'sudo ls -l /etc/octopus/machinekey /etc/machine-id\nsudo ls -ld ~root/.dotnet/corefx/cryptography/x509stores\nsystemctl show -p User Tentacle',
      },
      {
        who: 'tentacle-admin',
        action:
          'Run the command as that account, or restore the key. On Windows without a profile, load one with runas.',
        windows: 'runas /profile /user:ACCOUNT powershell',
      },
      replaceLost(seen),
    ],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234   4508      1 FATAL  System.Security.Cryptography.CryptographicException: Key not valid for use in specified state.',
  }),
  defineMessage({
    id: 'local.certificate-not-saved',
    patterns: ['unable to save certificate. storing it in local memory'],
    text: 'Unable to save Certificate. Storing it in local memory',
    means:
      'This Tentacle created a certificate but has no configuration file to keep it in. After its next start it has another thumbprint, which the other end rejects.',
    causes: [
      { text: 'a container or worker without a persistent configuration: intended, if it registers at each start' },
      { text: 'a command without the right instance, or a configuration that cannot be written' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check which instance runs. If it has to keep its thumbprint, create the instance and its certificate.',
        ...tentacleCommand('list-instances'),
      },
    ],
    decidedBy: 'host',
    example: '2024-03-05 10:15:20.1234   4508      1  WARN  Unable to save Certificate. Storing it in local memory',
  }),
  defineMessage({
    id: 'local.certificate-weak',
    patterns: ['private key is smaller than the currently-recommended bit length', 'falling back to sha1 certificate'],
    text: "The imported certificate's private key is smaller than the currently-recommended bit length ... / Falling back to SHA1 certificate ...",
    means:
      'This Tentacle has a certificate that current systems reject: an RSA key under 2048 bits, or a SHA-1 signature. It works until the other end, or its policy, is upgraded.',
    causes: [{ text: 'an old certificate was imported, or this Windows version cannot create a better one' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action:
          'Create a new certificate and restart the Tentacle. Until the new thumbprint is in its settings in Octopus, the server and this Tentacle reject each other.',
        ...tentacleCommand('new-certificate', 'service --restart'),
      },
    ],
    decidedBy: 'host',
    example:
      "2024-03-05 10:15:20.1234   4508      1  WARN  The imported certificate's private key is smaller than the currently-recommended bit length; generating a new key for the tentacle is advised.",
  }),
  defineMessage({
    id: 'local.certificate-format',
    patterns: [
      'digital envelope routines',
      { oneOf: ['pkcs12 routines'], regex: /pkcs12 routines:.{0,40}(?:parse|mac)/ },
      'exception from hresult...createselfsignedcertificate',
      'exception from hresult...certificategenerat',
    ],
    text: 'error:0308010C:digital envelope routines::unsupported / PKCS12 routines:PKCS12_parse:parse error',
    means:
      'This system cannot create or open a certificate in the format that the program uses. The end that logged this message has no certificate to use, and nothing was sent.',
    causes: [
      { text: 'FIPS mode, or a crypto policy, forbids the encryption of the file (Linux)' },
      { text: 'the file was encrypted with RC2 or 3DES, which OpenSSL 3 opens only with its legacy provider' },
      { text: 'an old Windows without SHA-256 (2008, Tentacle 3.14 and later)' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check whether FIPS mode is on, and which policy applies.',
        linux: 'cat /proc/sys/crypto/fips_enabled\nupdate-crypto-policies --show',
      },
      {
        who: 'tentacle-admin',
        action:
          'Upgrade the Tentacle. If that does not help, create the certificate on another machine with AES and import it here.',
        ...tentacleCommand('import-certificate --from-file=FILE --pfx-password=PASSWORD', 'service --restart'),
      },
    ],
    decidedBy: 'host',
    example: 'Interop+Crypto+OpenSslCryptographicException: error:0308010C:digital envelope routines::unsupported',
  }),
];
