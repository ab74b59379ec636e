import { ms } from 'tentacle-protocol/cli';
import { type Child, type Markup, bulletList, fragment, h, type Section, section, table } from 'tentacle-protocol/html';
import { endingText, remoteViewLines, UNAVAILABLE_REASONS } from '../output/remote-view-text.js';
import type { ComparedEnds, RemoteView } from '../report/remote-view.js';
import type { PageContext } from './page-context.js';

/** The records of both ends, side by side. */
export function bothEndsSection(otherEnd: RemoteView | undefined, { glossary }: PageContext): Section | undefined {
  if (otherEnd === undefined) return undefined;
  const options = { id: 'both-ends', title: 'Both ends' };
  if (otherEnd.status === 'not-seen') {
    const { why, failure } = otherEnd;
    return section(
      options,
      h(
        'p',
        {},
        `The records of the other end are not known: ${UNAVAILABLE_REASONS[why]}`,
        failure === undefined ? '.' : [' (', glossary.link(failure), ').'],
      ),
    );
  }
  return section(
    options,
    h(
      'p',
      { class: 'note' },
      `tentacle-pong ${otherEnd.pongVersion} recorded its connections; each was matched with an attempt of this end.`,
    ),
    table({
      caption: 'What each end saw of the same attempts',
      columns: [{ name: 'this end' }, { name: 'attempts', kind: 'number' }, { name: 'the other end' }],
      rows: rowsOf(otherEnd, glossary),
    }),
    timesTable(otherEnd),
    bulletList(remoteViewLines(otherEnd)),
  );
}

/** The times of both ends, of the attempts that both recorded. */
function timesTable({ stages = {} }: ComparedEnds): Markup {
  return table({
    caption:
      'Medians and 99th percentiles in ms, of the same attempts. What this end measured beyond the other is the network, and both systems',
    columns: [
      { name: 'stage' },
      ...['attempts', 'p50 here', 'p50 there', 'network', 'p99 here', 'p99 there'].map((name) => ({
        name,
        kind: 'number' as const,
      })),
    ],
    rows: Object.entries(stages).map(([stage, { here, there, networkUs }]) => [
      h('code', {}, stage),
      here.count.toLocaleString('en-US'),
      ms(here.p50Us),
      ms(there.p50Us),
      networkUs === undefined ? '-' : ms(networkUs),
      ...[here, there].map((figures) => (figures.count < 100 ? '-' : ms(figures.p99Us))),
    ]),
  });
}

function rowsOf({ attempts, failures }: ComparedEnds, glossary: PageContext['glossary']): Child[][] {
  const { sent, arrived, neverArrived, kept, notSent, unknown } = attempts;
  const row = (here: Child, number: number, there: Child): Child[][] =>
    number === 0 ? [] : [[here, number.toLocaleString('en-US'), there]];
  return [
    ...row('all attempts', sent, ''),
    ...row('of these', arrived, 'arrived'),
    ...row('of these', kept, 'calls on a connection that had arrived earlier'),
    ...row('of these', neverArrived, 'never arrived'),
    ...row('of these', notSent, 'nothing was sent to it'),
    ...row('of these', unknown, 'unknown'),
    ...failures.flatMap(({ id, endings }) =>
      endings.flatMap((ending) =>
        row(
          fragment('failed: ', glossary.link(id)),
          ending.count,
          fragment(
            endingText(ending),
            ending.ending === undefined ? '' : [' (', glossary.endingLink(ending.ending), ')'],
          ),
        ),
      ),
    ),
  ];
}
