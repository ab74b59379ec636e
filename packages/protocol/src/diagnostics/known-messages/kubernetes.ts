import { octopusServerCommand, sameCommand } from '../product-commands.js';
import { type Cause, defineMessage, type MessageFacts } from './known-message.js';
import { HOST, PORT } from './captured-fields.js';
import { agentLog, gatewayLog, tryFromPod } from './kubernetes-steps.js';
import { diagnoseWebAddress, matchNames, trustIssuer } from './certificate-steps.js';
import { diagnoseServer, GRPC_PORT } from './steps.js';
import type { CapturedFields } from './captured-fields.js';

const onGrpcPort = (seen: CapturedFields): CapturedFields => ({ ...seen, port: seen.port ?? GRPC_PORT });

/** How programs in Go name the address that they failed to reach. */
const DIALED = [
  new RegExp(`dial tcp:? lookup (?<host>${HOST})`, 'i'),
  new RegExp(`dial tcp (?<host>${HOST}):(?<port>${PORT})`, 'i'),
];

const onGrpcPortIf = (seen: MessageFacts): CapturedFields =>
  seen.origin?.carries === 'grpc' ? onGrpcPort(seen) : seen;

/** Why a program in Go rejects a certificate, by the words behind "x509:". */
const X509_CAUSES: readonly (readonly [words: RegExp, cause: Cause])[] = [
  [/valid for|cannot validate/i, { text: 'the address in use is not in the certificate', failure: 'trust.web-name' }],
  [
    /legacy/i,
    {
      text: 'the certificate has its name in the subject (CN) only, without a list of names (SAN)',
      failure: 'trust.web-no-names',
    },
  ],
  [/expired/i, { text: 'the certificate has expired, or the clock of this machine or node is wrong' }],
  [
    /authority/i,
    {
      text: 'the issuer is a private CA that this machine, pod or container does not know',
      failure: 'trust.web-unknown-issuer',
    },
  ],
];

/** The causes of a rejected certificate; those of the gateway only where the message is not that of a web request. */
function rejectedByGo({ detail = '', origin }: MessageFacts): readonly Cause[] {
  const shown = X509_CAUSES.filter(([words]) => words.test(detail)).map(([, cause]) => cause);
  const isAboutIssuer = detail === '' || /authority/i.test(detail);
  return [
    ...(shown.length === 0 ? X509_CAUSES.map(([, cause]) => cause) : shown),
    ...(origin?.carries === 'rest' || !isAboutIssuer
      ? []
      : [
          { text: 'in the Argo CD gateway: the self-signed certificate of Argo CD (gateway.argocd.insecure)' },
          {
            text: "in the gateway or monitor: Octopus Server's own gRPC certificate behind a load balancer that terminates TLS",
          },
        ]),
    { text: 'an inspecting proxy presents its own certificate', failure: 'trust.intercepted' },
  ];
}

/** The Kubernetes agent's monitor and the Argo CD gateway: they call Octopus Server by REST once, then by gRPC (8443). */
export const kubernetesMessages = [
  defineMessage({
    id: 'grpc.argo-cd-not-reached',
    patterns: ['error validating connection to argo cd', 'failed to connect to argo cd', 'failed to connect to argocd'],
    text: 'error validating connection to Argo CD / Failed to connect to Argo CD',
    means:
      'The Argo CD gateway could not use Argo CD, inside the cluster. If the dialog also shows "Failed to connect to Octopus", the connection to Octopus Server is the only problem: both rows fail then.',
    causes: [
      { text: 'gateway.argocd.serverGrpcUrl is not the service of Argo CD (SERVICE.NAMESPACE.svc.cluster.local)' },
      {
        text: "Argo CD's certificate is self-signed (gateway.argocd.insecure), or it has none (gateway.argocd.plaintext)",
      },
      { text: 'the token of the gateway has expired, or may not read applications' },
    ],
    next: () => [
      gatewayLog,
      {
        who: 'you',
        action: 'Compare the settings of the gateway with the service of Argo CD.',
        ...sameCommand(
          'helm get values RELEASE -n NAMESPACE',
          'kubectl get svc -A -l app.kubernetes.io/name=argocd-server',
        ),
      },
    ],
    decidedBy: 'host',
    example: 'error validating connection to Argo CD',
  }),
  defineMessage({
    id: 'grpc.octopus-not-reached',
    patterns: [
      'gateway failed to connect to octopus',
      'failed to connect to octopus',
      'has not established a grpc connection to octopus server',
      'failed to establish connection with kubernetes monitor',
      'connect grpc port 8443',
    ],
    captures: DIALED,
    text: 'Gateway failed to connect to Octopus / The Argo CD Gateway has not established a gRPC connection to Octopus Server / Failed to establish connection with Kubernetes Monitor',
    means:
      'The gateway or monitor in the cluster has no gRPC connection to Octopus Server. Registration uses the web address, so a registered gateway does not show that the gRPC port (8443) can be reached.',
    causes: [
      { text: 'a firewall, load balancer or proxy forwards only 443', failure: 'tcp.timeout' },
      { text: 'Octopus Server does not listen for gRPC, or on another port (grpcListenPort)', failure: 'tcp.refused' },
      { text: 'the thumbprint or certificate in the helm values is not the one that the port presents' },
      { text: 'the pod is not running' },
    ],
    next: (seen) => [
      tryFromPod(onGrpcPort(seen)),
      diagnoseServer(
        onGrpcPort(seen),
        'It reports the stage that fails and the certificate of the port.',
        'from a machine beside the cluster',
      ),
      gatewayLog,
      agentLog,
      {
        who: 'server-admin',
        action:
          'If the port is refused, let Octopus Server listen for gRPC, then restart it. The port has to be the one in the helm values (serverGrpcUrl).',
        ...octopusServerCommand('configure --grpcListenPort=8443', 'service --restart'),
      },
    ],
    decidedBy: 'network',
    example: 'Gateway failed to connect to Octopus',
  }),
  defineMessage({
    id: 'rest.gateway-registration',
    patterns: ['failed to register argocd gateway', 'failed to register argo cd gateway'],
    captures: DIALED,
    text: 'Failed to register ArgoCD Gateway with Octopus Server',
    means:
      'The Argo CD gateway could not register through the REST API of Octopus Server (web address, usually 443). The gRPC port was not used yet.',
    causes: [
      {
        text: 'registration.octopus.serverApiUrl is wrong, or cannot be reached from inside the cluster',
        failure: 'tcp.timeout',
      },
      { text: 'registration.octopus.serverAccessToken has expired' },
      { text: 'the certificate of the web address is not trusted in the cluster' },
    ],
    next: (seen) => [
      gatewayLog,
      tryFromPod(seen, '443'),
      diagnoseWebAddress(seen),
      {
        who: 'you',
        action: 'Run the installation command of the portal again, within the lifetime of its token.',
      },
    ],
    decidedBy: 'network',
    example: 'Failed to register ArgoCD Gateway with Octopus Server',
  }),
  defineMessage({
    id: 'grpc.monitor-not-registered',
    patterns: ['find a kubernetes monitor associated with the deployment target'],
    text: "We couldn't find a Kubernetes monitor associated with the deployment target",
    means:
      'Octopus Server has no registration of a Kubernetes monitor for this target. That is its database, not the network.',
    causes: [{ text: 'the monitor was never registered, or its registration was deleted' }],
    next: () => [
      {
        who: 'you',
        action:
          'Let the monitor register again: delete its authentication secret, then restart its pod. Or reinstall the agent.',
        ...sameCommand('kubectl get secrets -n NAMESPACE', 'kubectl get pods -n NAMESPACE'),
      },
    ],
    decidedBy: 'host',
    example: "We couldn't find a Kubernetes monitor associated with the deployment target",
  }),
  defineMessage({
    id: 'tls.go-certificate',
    patterns: [
      'x509: certificate signed by unknown authority',
      'x509: certificate is valid for',
      'x509: cannot validate certificate for',
      'x509: certificate has expired or is not yet valid',
      'x509: certificate relies on legacy common name field',
      'tls: failed to verify certificate',
    ],
    captures: [
      ...DIALED,
      new RegExp(`certificate is valid for .{1,200}, not (?<host>${HOST})`, 'i'),
      /x509: (?:certificate )?(?<detail>signed by unknown authority|is valid for|cannot validate certificate|has expired|relies on legacy)/i,
    ],
    text: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    means:
      'A program written in Go rejected a certificate: unlike Octopus Server and Tentacle, it checks issuer, names and dates. TCP works. In a cluster it is the gateway, the monitor, helm or kubectl; elsewhere the Octopus CLI or Terraform.',
    causes: rejectedByGo,
    next: (seen) => {
      const isWeb = seen.origin?.carries === 'rest';
      const reason = seen.detail ?? '';
      return [
        ...(isWeb ? [diagnoseWebAddress(seen)] : [diagnoseWebAddress(onGrpcPortIf(seen)), gatewayLog]),
        ...(/valid for|legacy|expired/i.test(reason)
          ? []
          : trustIssuer(isWeb ? {} : { origin: { isContainer: true } })),
        ...(/authority|expired/i.test(reason) ? [] : [matchNames]),
      ];
    },
    decidedBy: 'both',
    example: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  }),
  defineMessage({
    id: 'tls.go-plaintext',
    patterns: [
      'authentication handshake failed: eof',
      'tls: first record does not look like a tls handshake',
      'http: server gave http response to https client',
    ],
    captures: DIALED,
    text: 'transport: authentication handshake failed: EOF / tls: first record does not look like a TLS handshake',
    means:
      'A program in the cluster (gateway or monitor) started TLS, and the service it called closed or answered without TLS.',
    causes: [
      { text: 'in the Argo CD gateway: Argo CD runs without a certificate (gateway.argocd.plaintext=true)' },
      { text: 'a load balancer terminates TLS and forwards plain text', failure: 'tls.not-tls' },
      { text: 'the port is not the gRPC port', failure: 'tls.closed' },
    ],
    next: (seen) => [
      gatewayLog,
      {
        who: 'you',
        action:
          'Look which address the gateway uses: for Argo CD (gateway.argocd.serverGrpcUrl) or for Octopus (gateway.octopus.serverGrpcUrl).',
        ...sameCommand('helm get values RELEASE -n NAMESPACE'),
      },
      diagnoseServer(
        onGrpcPort(seen),
        "If it is Octopus's, it shows what the port answers.",
        'from a machine beside the cluster',
      ),
    ],
    decidedBy: 'both',
    example: 'transport: authentication handshake failed: EOF',
  }),
  defineMessage({
    id: 'grpc.dial-failed',
    patterns: ['error while dialing', 'code = unavailable desc', 'statuscode=...unavailable'],
    captures: [
      ...DIALED,
      /(?:dial tcp .{1,300}: (?:connect: )?|desc = )(?<detail>connection refused|i\/o timeout|no such host|no route to host)/i,
    ],
    text: 'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ...: connect: connection refused"',
    means:
      'A gRPC connection (Kubernetes monitor or Argo CD gateway, port 8443) could not be opened. The end of the message names the reason as the operating system reports it.',
    causes: [
      { text: 'connection refused: nothing listens on that port (grpcListenPort)', failure: 'tcp.refused' },
      { text: 'i/o timeout: a firewall or network policy drops the packets', failure: 'tcp.timeout' },
      { text: 'no such host: the name does not resolve inside the cluster', failure: 'dns.not-found' },
    ],
    next: (seen) => [
      tryFromPod(onGrpcPort(seen)),
      diagnoseServer(onGrpcPort(seen), 'It reports the stage that fails.', 'from a machine beside the cluster'),
      {
        who: 'server-admin',
        action: 'If the port is refused, let Octopus Server listen for gRPC, then restart it.',
        ...octopusServerCommand('configure --grpcListenPort=8443', 'service --restart'),
      },
    ],
    decidedBy: 'network',
    example:
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.1.2.3:8443: connect: connection refused"',
  }),
  defineMessage({
    id: 'local.helm-timed-out',
    patterns: [
      {
        oneOf: ['context deadline exceeded'],
        regex: /^(?!.{0,4000}client\.timeout exceeded).{0,8000}context deadline exceeded/,
      },
      'timed out waiting for the condition',
    ],
    captures: DIALED,
    text: 'Error: INSTALLATION FAILED: context deadline exceeded',
    means:
      'A command of helm or a program in the cluster stopped waiting. From helm it means that the pods were not ready within its time limit (5 minutes); it does not say why.',
    causes: [
      { text: 'the agent or gateway cannot reach Octopus Server', failure: 'tcp.timeout' },
      { text: 'the bearer token or API key has expired or was revoked, or the addresses are wrong' },
      { text: 'the pods do not start: storage class, NFS driver, image' },
    ],
    next: (seen) => [
      {
        ...agentLog,
        action:
          'While the helm command runs, read the log of the agent and the state of its pods. (--atomic removes them when it fails.)',
      },
      tryFromPod(seen, '10943'),
    ],
    decidedBy: 'both',
    example: 'Error: INSTALLATION FAILED: context deadline exceeded',
  }),
];
