import type { ConnectionFacts } from 'tentacle-protocol';
import {
  catalogue,
  describeFailure,
  type FailureDefinition,
  type FailureId,
  failureOf,
  type FailureText,
} from 'tentacle-protocol/diagnostics';
import { fenced, GENERATED, stepLine } from './markdown.js';

/** What each stage covers, for the heading of its page. */
const STAGES: Readonly<Record<FailureDefinition['stage'], string>> = {
  internal: 'faults of this tool',
  local: 'the machine that runs the tool',
  proxy: 'the HTTP proxy between the two ends',
  dns: 'name resolution',
  tcp: 'the TCP connection',
  tls: 'the TLS handshake',
  poll: 'polling',
  trust: 'certificates and thumbprints',
  attestation: 'the signed statement of tentacle-pong about the connection',
  identity: 'the exchange of identities',
  rpc: 'calls and their responses',
  data: 'data streams',
  idle: 'idle connections',
};

/** The same failure between a Tentacle that polls and its Octopus Server, as each of the two sees it. */
const POLLING: readonly {
  readonly heading: string;
  readonly facts: Partial<ConnectionFacts>;
  /** The stages that this end goes through itself. */
  readonly stages: readonly FailureDefinition['stage'][];
}[] = [
  {
    heading: 'A polling Tentacle connects to its Octopus Server (`tentacle-pong --poll`)',
    stages: ['local', 'dns', 'tcp', 'proxy', 'tls', 'trust', 'identity', 'rpc'],
    facts: { host: 'octopus.example', port: 10943, peerRole: 'server', subscription: 'poll://abcdefghij0123456789/' },
  },
  {
    heading: 'The Octopus Server is polled by a Tentacle (`tentacle-ping listen`)',
    stages: ['rpc'],
    facts: { host: '192.0.2.7', port: 10943, peerRole: 'poller', subscription: 'poll://abcdefghij0123456789/' },
  },
];

/** One page per stage and an index, by their paths below the checkout. */
export function failurePages(): Record<string, string> {
  const stages = [...new Set(catalogue.map(({ stage }) => stage))];
  const pages = stages.map((stage) => [`docs/failures/${stage}.md`, page(stage)] as const);
  return { 'docs/failures/README.md': index(stages), ...Object.fromEntries(pages) };
}

/** The page and heading of a failure, for links from other pages of docs/. */
export function failureLink(id: FailureId): string {
  const { stage } = catalogue.find((row) => row.id === id) ?? { stage: 'internal' };
  return `failures/${stage}.md#${id.replaceAll('.', '')}`;
}

function index(stages: readonly FailureDefinition['stage'][]): string {
  const sections = stages.map((stage) => {
    const rows = catalogue.filter((row) => row.stage === stage);
    const lines = rows.map(({ id, title }) => `- [\`${id}\`](${stage}.md#${id.replaceAll('.', '')}): ${title}`);
    return `## [${stage}](${stage}.md): ${STAGES[stage]}\n\n${lines.join('\n')}`;
  });
  const about =
    'All failures of an attempt, by stage. Within the catalogue, specific failures come before general ones; the first one that matches is the failure. Ids are API: they are never renamed.';
  return `${[GENERATED, '# Failures', about, ...sections].join('\n\n')}\n`;
}

function page(stage: FailureDefinition['stage']): string {
  const rows = catalogue.filter((row) => row.stage === stage);
  return `${[GENERATED, `# Failures: ${STAGES[stage]}`, '[All stages](README.md)', ...rows.map(section)].join('\n\n')}\n`;
}

function section(row: FailureDefinition<FailureId>): string {
  const { id, example, octopusLogMessages } = row;
  const text = describeFailure(id, example);
  const shownAt = row.shownAt.join(', ');
  return [
    `## ${id}`,
    `**${text.title}.** ${body(text)}`,
    ...(octopusLogMessages.length === 0
      ? []
      : ['Octopus Server or Tentacle log:', octopusLogMessages.map((message) => `- \`${message}\``).join('\n')]),
    `Appears at ${shownAt}. Octopus ${row.octopusRetries ? 'retries' : 'does not retry'}.`,
    'Example of its evidence:',
    fenced(JSON.stringify(failureOf(example), undefined, 2), 'json'),
    ...otherDirections(row, text),
  ].join('\n\n');
}

/** The text of a polling direction, where it differs; rows about polling itself have their direction in the example. */
function otherDirections(row: FailureDefinition<FailureId>, listening: FailureText): string[] {
  const { example, stage } = row;
  return POLLING.filter(({ stages }) => stages.includes(stage)).flatMap(({ heading, facts }) => {
    const text = textFor(row, { ...example.facts, ...facts });
    // The same names in a text that does not depend on the direction would only repeat it.
    const { peerRole: _, ...listeningFacts } = { ...example.facts, ...facts };
    const sameNames = textFor(row, listeningFacts);
    return text === sameNames || text === body(listening) ? [] : [`### ${heading}`, text];
  });
}

function textFor({ id, example }: FailureDefinition<FailureId>, facts: ConnectionFacts): string {
  return body(describeFailure(id, { ...example, facts }));
}

function certainty({ unless }: { readonly unless?: string }): string {
  return unless === undefined ? 'The cause is certain.' : `The cause is certain, unless ${unless}.`;
}

function body({ explanation, diagnosis, remediation }: FailureText): string {
  const causes =
    diagnosis.kind === 'ambiguous'
      ? [
          'Possible causes:',
          diagnosis.causes.map((cause) => `- ${cause}`).join('\n'),
          `How to tell: ${diagnosis.howToTell}`,
        ]
      : [diagnosis.kind === 'conclusive' ? certainty(diagnosis) : 'The cause is unknown.'];
  const steps = remediation.length === 0 ? [] : ['Next:', remediation.map(stepLine).join('\n')];
  return [explanation, ...causes, ...steps].join('\n\n');
}
