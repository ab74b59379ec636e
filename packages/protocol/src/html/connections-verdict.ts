import { counterpartsOf } from '../diagnostics/ending-counterparts.js';
import { endings as definitions } from '../diagnostics/endings.js';
import { firewallRulesCommand, sameCommand } from '../diagnostics/product-commands.js';
import type { Step } from '../diagnostics/step.js';
import type { MarkKind } from '../text/screen.js';
import { count } from '../text/units.js';
import { shareBar } from './charts/share-bar.js';
import type { Glossary } from './glossary.js';
import { fragment, h, type Markup } from './markup.js';
import { percentText } from './moments.js';
import { table } from './parts.js';
import type { ShownVerdict } from './verdict-block.js';

/** How often connections to tentacle-pong ended in each way. */
type Endings = Readonly<Record<string, number>>;

/** The connections that tentacle-pong received. */
export interface ReceivedConnections {
  readonly endings: Endings;
  readonly total: number;
  readonly port: number;
  /** The thumbprint of the last client that was rejected because of it. */
  readonly rejected?: string;
}

/** The number of connections whose ending is not in order. */
export function failedConnections(endings: Endings): number {
  return failuresIn(endings).reduce((sum, [, times]) => sum + times, 0);
}

/** Endings that are not in order, the most frequent first. */
function failuresIn(endings: Endings): [id: string, count: number][] {
  return Object.entries(endings)
    .filter(([id]) => !isInOrder(id))
    .sort(([, one], [, other]) => other - one);
}

function isInOrder(id: string): boolean {
  return id === OPEN || definitions.find((ending) => ending.id === id)?.level === 'info';
}

/** In place of an ending: of a connection that had none yet. */
export const OPEN = 'open';

function titleOf(id: string): string {
  return definitions.find((ending) => ending.id === id)?.title ?? '';
}

/** Whether connections failed, how most of them did, and who does what next. */
export function verdictOnConnections(received: ReceivedConnections): {
  readonly verdict: ShownVerdict;
  readonly kind: MarkKind;
} {
  const { endings, total, port } = received;
  const [worst] = failuresIn(endings);
  if (total === 0)
    return {
      kind: 'unknown',
      verdict: {
        id: 'nothing-received',
        title: 'No connections were received',
        means: 'If a client tried to connect, its packets did not reach this port.',
        next: [
          {
            who: 'tentacle-admin',
            action: `Check the firewall of this host for port ${port}.`,
            ...firewallRulesCommand(port),
          },
          { who: 'network-team', action: `Allow TCP ${port} to this host, on every firewall in between.` },
        ],
      },
    };
  const all = count(total, 'connection');
  if (worst === undefined) return { kind: 'good', verdict: { id: 'ok', title: `${all}, none failed`, next: [] } };
  const [id, times] = worst;
  const failed = failedConnections(endings).toLocaleString('en-US');
  return {
    kind: 'warning',
    verdict: {
      id,
      title: `${failed} of ${all} failed`,
      means: `Most frequent: ${titleOf(id)}, ${count(times, 'time')}.`,
      next: nextSteps(received),
    },
  };
}

function nextSteps({ rejected }: ReceivedConnections): Step[] {
  const accept: Step = {
    who: 'tentacle-admin',
    action: 'If the rejected client is the Octopus Server, accept its thumbprint.',
    ...sameCommand(`tentacle-pong --trust ${rejected ?? ''}`),
  };
  return [
    ...(rejected === undefined ? [] : [accept]),
    {
      who: 'you',
      action: 'Compare this with the result of tentacle-ping for the same time.',
      ...sameCommand('tentacle-ping compare ping.json pong.json'),
    },
  ];
}

/** The error histogram of this end: each ending, and what tentacle-ping usually reports for it. */
export function endingsTable(endings: Endings, total: number, glossary: Glossary): Markup {
  const reported = (id: string): readonly string[] => (isInOrder(id) ? [] : counterpartsOf(id));
  const hasReported = Object.keys(endings).some((id) => reported(id).length > 0);
  const shareOf = (times: number): number => Math.min(1, times / Math.max(1, total));
  return table({
    caption: hasReported ? 'Endings, and what tentacle-ping usually reports for such a connection' : 'Endings',
    columns: [
      { name: 'ending' },
      { name: 'share', kind: 'bar' },
      { name: 'connections', kind: 'number' },
      { name: '%', kind: 'number' },
      ...(hasReported ? [{ name: 'tentacle-ping reports' }] : []),
    ],
    rows: Object.entries(endings).map(([id, times]) => [
      fragment(glossary.endingLink(id), h('div', { class: 'muted' }, titleOf(id))),
      shareBar([{ className: isInOrder(id) ? 'series-1' : 'failed', from: 0, to: shareOf(times) }]),
      times.toLocaleString('en-US'),
      percentText(times, total),
      ...(hasReported ? [reported(id).map((failure, i) => [i === 0 ? '' : ', ', glossary.link(failure)])] : []),
    ]),
  });
}
