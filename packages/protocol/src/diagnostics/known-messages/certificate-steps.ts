import { octopusServerCommand, sameCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import type { CapturedFields } from './captured-fields.js';
import type { MessageFacts } from './known-message.js';

/** The default port of Octopus's web portal and REST API. */
const WEB_PORT = '443';

/**
 * Shows which of the two certificates is the weak one. The Octopus Server's is the likelier: until Octopus 3.14 (2017)
 * it was created with SHA-1, and upgrades keep it.
 */
export const findWeakCertificate: Step = {
  who: 'server-admin',
  action:
    "Find the weak certificate. The Octopus Server's algorithm is at Configuration, Thumbprint, and in the reply to this command (SignatureAlgorithm). If it contains SHA-1, or the key has 1024 bits, it is the server's; otherwise it may be the Tentacle's.",
  windows:
    "Invoke-RestMethod https://OCTOPUS-SERVER/api/certificates/certificate-global -Headers @{ 'X-Octopus-ApiKey' = 'API-KEY' }",
  linux: "curl -H 'X-Octopus-ApiKey: API-KEY' https://OCTOPUS-SERVER/api/certificates/certificate-global",
};

/** Replaces the Octopus Server's certificate in the order that keeps every Tentacle connected. */
const renewServerCertificate: readonly Step[] = [
  {
    who: 'server-admin',
    action:
      "If it is the server's, create a new certificate in a file. That changes nothing yet, and prints the new thumbprint.",
    ...octopusServerCommand('new-certificate --export-pfx=C:\\Octopus\\new.pfx --pfx-password=PASSWORD'),
  },
  {
    who: 'tentacle-admin',
    action: 'Let every Tentacle trust the new thumbprint too, then restart it.',
    ...tentacleCommand('configure --trust=NEW-THUMBPRINT', 'service --restart'),
  },
  {
    who: 'server-admin',
    action:
      'When all of them do, import the new certificate and restart Octopus Server. A Tentacle that does not trust it yet is cut off.',
    ...octopusServerCommand(
      'import-certificate --from-file=C:\\Octopus\\new.pfx --pfx-password=PASSWORD',
      'service --restart',
    ),
  },
];

/** Replaces the Tentacle's certificate. Octopus Server rejects the Tentacle until it knows the new thumbprint. */
export const renewTentacleCertificate: Step = {
  who: 'tentacle-admin',
  action:
    "If it is the Tentacle's, create a new certificate and restart the Tentacle. Until the new thumbprint is in its settings in Octopus, the server and this Tentacle reject each other.",
  ...tentacleCommand('new-certificate', 'service --restart'),
};

/** Finds which end's certificate is too old, and replaces that one. */
export const replaceWeakCertificate: readonly Step[] = [
  findWeakCertificate,
  ...renewServerCertificate,
  renewTentacleCertificate,
];

/** Judges the certificate of a web address as a web client does. */
export function diagnoseWebAddress(seen: CapturedFields): Step {
  return {
    who: 'you',
    action:
      'Run diagnose on the machine or pod that logged this message. It judges the certificate as a web client does: names, issuer, chain and dates.',
    ...sameCommand(`tentacle-ping diagnose ${seen.host ?? 'OCTOPUS-SERVER'}:${seen.port ?? WEB_PORT}`),
  };
}

const trustIssuerOnMachine: Step = {
  who: 'tentacle-admin',
  action: "If the issuer is unknown, install the CA's certificate on the machine that logged this message.",
  windows: 'Import-Certificate -FilePath C:\\Temp\\ca.cer -CertStoreLocation Cert:\\LocalMachine\\Root',
  linux: 'sudo cp ca.crt /usr/local/share/ca-certificates/\nsudo update-ca-certificates',
};

/** A pod has a list of its own, which helm sets. */
const trustIssuerInCluster: Step = {
  who: 'you',
  action:
    'For a Kubernetes agent (1.7.0 or later), pass the certificate as the helm value agent.serverCertificate, base64-encoded.',
  ...sameCommand(
    'helm upgrade --reset-then-reuse-values -n NAMESPACE --set agent.serverCertificate="BASE64" RELEASE oci://registry-1.docker.io/octopusdeploy/kubernetes-agent',
  ),
};

/** Lets the machine or the pod that logged a message trust the issuer of a web certificate. */
export function trustIssuer({ origin }: MessageFacts): readonly Step[] {
  if (origin?.isContainer === true) return [trustIssuerInCluster];
  return [trustIssuerOnMachine, trustIssuerInCluster];
}

/** For a certificate that does not contain the address in use. */
export const matchNames: Step = {
  who: 'server-admin',
  action: 'If the names do not match, use an address that the certificate contains, or have it issued for this one.',
};

/** The last cause to check: replacing a certificate takes both ends. */
export const findWeakCertificateLast: Step = {
  ...findWeakCertificate,
  action: `If the thumbprints are right at both ends: ${findWeakCertificate.action} Run explain tls.no-common-algorithm for how to replace it.`,
};
