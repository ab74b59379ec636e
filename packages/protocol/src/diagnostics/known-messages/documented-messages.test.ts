import { describe, expect, it } from 'vitest';
import type { Actor } from '../step.js';
import { findKnownMessage } from './find-known-message.js';
import { describeMessage } from './describe-message.js';
import { readOrigin } from './log-origin.js';
import type { KnownMessageId } from './table.js';

type Documented = readonly [message: string, id: KnownMessageId, firstActor: Actor | 'either', command: string];

/**
 * Every message that the official documentation quotes about Tentacle, polling, proxies, certificates, the Kubernetes
 * agent and the Argo CD gateway, in its spelling: typographic quotes, Markdown, HTML and placeholder addresses. With the
 * row, the actor of the first step (`either`: it depends on the log that it is from), and a part of a command that some step has to print.
 */
const DOCUMENTED: readonly Documented[] = [
  [
    'Halibut.Transport.Protocol.ConnectionInitializationFailedException: Unable to process remote identity; unknown identity \u2018HTTP/1.0\u2019',
    'identity.unknown-type',
    'you',
    'tentacle-ping diagnose HOST:PORT',
  ],
  [
    "### Halibut.Transport.Protocol.ConnectionInitializationFailedException: Unable to process remote identity; unknown identity 'HTTP/1.0'",
    'identity.unknown-type',
    'you',
    'tentacle-ping diagnose HOST:PORT',
  ],
  [
    'Unable to process remote identity; unknown identity &lsquo;HTTP/1.1&rsquo;',
    'identity.unknown-type',
    'you',
    'tentacle-ping diagnose HOST:PORT',
  ],
  [
    "**Halibut.HalibutClientException: An error occurred when sending a request to '<https://my-tentacle:10933>', before the request could begin: Attempted to read past the end of the stream.**",
    'trust.closed-before-request',
    'either',
    'tentacle-ping diagnose my-tentacle:10933',
  ],
  [
    'Halibut.HalibutClientException: An error occurred when sending a request to \u2018https://my-tentacle:10933\u2019, before the request could begin: Attempted to read past the end of the stream.',
    'trust.closed-before-request',
    'either',
    'tentacle-ping diagnose my-tentacle:10933',
  ],
  [
    'Client-side:`System.Security.Authentication.AuthenticationException: A call to SSPI failed, see inner exception. ---> System.ComponentModel.Win32Exception: One or more of the parameters passed to the function was invalid`',
    'tls.sspi-invalid-parameter',
    'you',
    'tentacle-ping diagnose HOST:PORT',
  ],
  [
    'Server-side:`System.IO.IOException: Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.`',
    'data.connection-reset',
    'you',
    'tentacle-ping diagnose HOST:PORT',
  ],
  ['**A required communications port is already in use.**', 'local.port-already-in-use', 'tentacle-admin', '10933'],
  [
    'A request was sent to a polling endpoint, but the polling endpoint did not collect the request within the allowed time (00:02:00), so the request timed out.',
    'poll.request-not-collected',
    'you',
    'tentacle-ping diagnose OCTOPUS-SERVER:10943',
  ],
  [
    'An TLS 1.2 connection request was received from a remote client application, but none of the cipher suites supported by the client application are supported by the server. The SSL connection request has failed.',
    'tls.schannel-no-common-suite',
    'you',
    'new-certificate --export-pfx',
  ],
  [
    'Checking that server communications are open failed with message The SSL connection could not be established, see inner exception',
    'tls.registration-handshake',
    'you',
    'tentacle-ping diagnose OCTOPUS-SERVER:10943',
  ],
  [
    'error:0A00042E:SSL routines::tlsv1 alert protocol version',
    'tls.protocol-version-alert',
    'you',
    'import-certificate --from-file',
  ],
  [
    '2024-06-21 04:12:01.4189 | ERROR | The following certificate errors were encountered when establishing the HTTPS connection to the server: RemoteCertificateNameMismatch, RemoteCertificateChainErrors',
    'tls.rest-certificate',
    'you',
    'tentacle-ping diagnose OCTOPUS-SERVER:443',
  ],
  ['**Event ID 36887**: No compatible cipher suite found', 'tls.schannel-alert-received', 'you', 'diagnose'],
  ['**Event ID 36888**: Fatal alert received (handshake failure)', 'tls.schannel-alert-sent', 'you', 'diagnose'],
  ['**Event ID 36870**: Certificate validation failure', 'tls.schannel-private-key', 'you', 'new-certificate'],
  ['Event ID 36874', 'tls.schannel-no-common-suite', 'you', 'diagnose'],
  ['Event ID 36873', 'tls.schannel-no-common-suite', 'you', 'diagnose'],
  ['EventID: 36871', 'tls.schannel-credential', 'tentacle-admin', 'diagnose'],
  ['36887', 'tls.schannel-alert-received', 'you', 'diagnose'],
  ['<EventID>36870</EventID>', 'tls.schannel-private-key', 'you', 'diagnose'],
  ['handshake failure with "no shared cipher" error', 'tls.no-shared-cipher', 'you', 'diagnose'],
  ['unsafe legacy renegotiation', 'tls.legacy-renegotiation', 'you', 'new-certificate --export-pfx'],
  ['"SHA-1" or "insecure signature algorithm" in logs', 'tls.digest-too-weak', 'you', 'certificate-global'],
  [
    '`keep alive check failed - cancelling subscribers` with `DeadlineExceeded` errors',
    'grpc.keep-alive-failed',
    'you',
    'OCTOPUS-SERVER:8443',
  ],
  ['Failed to register ArgoCD Gateway with Octopus Server', 'rest.gateway-registration', 'you', 'OCTOPUS-SERVER 443;'],
  ['Failed to register ArgoCD Gateway with Octopus Serer', 'rest.gateway-registration', 'you', 'OCTOPUS-SERVER:443'],
  ['*Gateway failed to connect to Octopus*', 'grpc.octopus-not-reached', 'you', 'OCTOPUS-SERVER:8443'],
  ['Failed to connect to Octopus', 'grpc.octopus-not-reached', 'you', 'OCTOPUS-SERVER 8443;'],
  [
    'The Argo CD Gateway has not established a gRPC connection to Octopus Server',
    'grpc.octopus-not-reached',
    'you',
    '--grpcListenPort=8443',
  ],
  ['*error validating connection to Argo CD*', 'grpc.argo-cd-not-reached', 'you', 'octopus-argocd-gateway'],
  [
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'tls.go-certificate',
    'you',
    'octopus-argocd-gateway',
  ],
  ['transport: authentication handshake failed: EOF', 'tls.go-plaintext', 'you', 'helm get values'],
  [
    'Failed to establish connection with Kubernetes Monitor',
    'grpc.octopus-not-reached',
    'you',
    'app.kubernetes.io/name=octopus-agent',
  ],
  ["The Kubernetes monitor can't connect gRPC port 8443", 'grpc.octopus-not-reached', 'you', '8443'],
  [
    'We couldn\u2019t find a Kubernetes monitor associated with the deployment target',
    'grpc.monitor-not-registered',
    'you',
    'kubectl get secrets',
  ],
  ['Error: INSTALLATION FAILED: context deadline exceeded', 'local.helm-timed-out', 'you', 'kubectl describe pods'],
  [
    'An Access Denied error was received trying to start the HttpListener.',
    'local.http-listener-denied',
    'server-admin',
    'netsh http add urlacl',
  ],
  [
    'The X509 certificate CN=Octopus Portal was loaded but the private key was not loaded.',
    'local.certificate-key-unusable',
    'tentacle-admin',
    'show-thumbprint',
  ],
  ['connections being opened and immediately closed (`CLOSE_WAIT` state)', 'tcp.close-wait', 'tentacle-admin', '10943'],
];

describe('messages of the official documentation', () => {
  it.each(DOCUMENTED)('%s', (message, id, firstActor, command) => {
    const found = findKnownMessage(message);
    expect(found?.row.id).toBe(id);
    if (found === undefined) return;
    const { next } = describeMessage(found.row, { ...found.seen, origin: readOrigin(message) });
    if (firstActor !== 'either') expect(next[0]?.who).toBe(firstActor);
    expect(next.map(({ windows, linux }) => `${windows ?? ''}\n${linux ?? ''}`).join('\n')).toContain(command);
  });
});
