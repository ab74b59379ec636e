import { sameCommand } from '../product-commands.js';
import { HOST, PORT } from './captured-fields.js';
import { type Cause, defineMessage } from './known-message.js';

/** Where the installation packages of Tentacle are downloaded from. */
const SOURCES = String.raw`(?:octopus\.com/downloads|download\.octopus(?:deploy)?\.com|(?:apt|rpm)\.octopus\.com|(?:apt|rpm)\.octopusdeploy\.com|octopustentacle64|octopus\.tentacle[a-z0-9.-]{0,40}\.msi)`;
const FAILED = String.raw`(?:unable to connect|could not |cannot |failed to|failed|timed out|certificate|error download)`;

/** Why a pod does not start, by the words of Kubernetes. */
const POD_CAUSES: readonly (readonly [words: RegExp, cause: Cause])[] = [
  [
    /image/i,
    {
      text: 'the node cannot reach the registry of the image, needs a proxy or a sign-in there, or the tag does not exist',
    },
  ],
  [
    /mount/i,
    {
      text: 'the volume cannot be mounted: the NFS server or its CSI driver does not run, or the node does not resolve its name',
    },
  ],
  [/oom|137/i, { text: 'the container used more memory than its limit, and was ended' }],
  [/scheduling|nodes are available/i, { text: 'no node has room for the pod, or fits its rules' }],
  [
    /exec format/i,
    { text: 'the image, or the bootstrap program in it, is for another processor (arm64, amd64) than the node' },
  ],
];

/** What happens before a Tentacle or agent runs: its package is downloaded, or its pod is started. */
export const downloadAndPodMessages = [
  defineMessage({
    id: 'rest.installer-download',
    patterns: [{ oneOf: ['octopus'], regex: new RegExp(`${SOURCES}.{0,400}${FAILED}|${FAILED}.{0,200}${SOURCES}`) }],
    captures: [new RegExp(`https?://(?<host>${HOST})(?::(?<port>${PORT}))?/`, 'i')],
    text: 'Error downloading from https://octopus.com/downloads/latest/OctopusTentacle64: ... Unable to connect to the remote server',
    means:
      'The package of Tentacle was not downloaded to this machine. That is a web request of the installing tool, to the internet: no Tentacle runs yet, and Octopus Server is not involved.',
    causes: [
      { text: 'the machine has no access to the internet, or needs a web proxy for it', failure: 'tcp.timeout' },
      { text: 'an old Windows or PowerShell offers TLS 1.0 only', failure: 'tls.version' },
      { text: 'an inspecting proxy presents its own certificate', failure: 'trust.web-inspected' },
    ],
    next: ({ host = 'download.octopusdeploy.com' }) => [
      {
        who: 'tentacle-admin',
        action: 'Run diagnose on the machine that installs. It reports the stage that fails and the certificate.',
        ...sameCommand(`tentacle-ping diagnose ${host}:443`),
      },
      {
        who: 'tentacle-admin',
        action:
          'Allow the address, set the web proxy of the tool, or copy the package to the machine and install it from there.',
        windows: '[Net.ServicePointManager]::SecurityProtocol\nnetsh winhttp show proxy',
        linux: 'env | grep -i proxy',
      },
    ],
    decidedBy: 'network',
    example:
      'Error downloading from https://octopus.com/downloads/latest/OctopusTentacle64: Unable to connect to the remote server',
  }),
  defineMessage({
    id: 'local.pod-not-started',
    patterns: [
      'failed to pull image',
      'errimagepull',
      'imagepullbackoff',
      'mountvolume.setup failed',
      'mountvolume.mountdevice failed',
      'unable to attach or mount volumes',
      'mount.nfs: ',
      'oomkilled',
      'failedscheduling',
      { oneOf: ['nodes are available'], regex: /0\/\d{1,5} nodes are available/ },
      'bootstraprunner: exec format error',
    ],
    captures: [
      /(?<detail>failed to pull image|errimagepull|imagepullbackoff|mountvolume|mount volumes|mount\.nfs|oomkilled|failedscheduling|nodes are available|exec format)/i,
    ],
    text: 'Failed to pull image "..." / MountVolume.SetUp failed for volume "..." / OOMKilled / 0/3 nodes are available',
    means:
      "A node of the cluster could not start or keep a pod. Any connection in the message is the node's own, to a registry or a file server, not the agent's to Octopus Server.",
    causes: ({ detail = '' }) => {
      const shown = POD_CAUSES.filter(([words]) => words.test(detail));
      return (shown.length === 0 ? POD_CAUSES : shown).map(([, cause]) => cause);
    },
    next: () => [
      {
        who: 'you',
        action: 'Read the events of the pods: they name the node and the reason.',
        ...sameCommand(
          'kubectl get pods -n NAMESPACE -o wide',
          "kubectl get events -n NAMESPACE --sort-by='.lastTimestamp'",
        ),
      },
      {
        who: 'you',
        action: 'When the pod runs, read its log: only then can it connect to Octopus Server.',
        ...sameCommand('kubectl logs -l app.kubernetes.io/name=octopus-agent -n NAMESPACE --tail=100'),
      },
    ],
    decidedBy: 'host',
    example:
      'Failed to pull image "octopusdeploy/kubernetes-agent-tentacle:9.0.0": rpc error: code = Unknown desc = dial tcp 203.0.113.9:443: i/o timeout',
  }),
];
