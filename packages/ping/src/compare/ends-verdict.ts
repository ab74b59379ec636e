import { count, ms } from 'tentacle-protocol/cli';
import type { Diagnosis, Step } from 'tentacle-protocol/diagnostics';
import type { EndsRecords } from '../remote-records/ends-records.js';
import type { PongSummary } from '../remote-records/read-record-file.js';
import type { ComparisonVerdict } from './comparison.js';
import type { EndsTables } from './ends-comparison.js';

/** The tables of a comparison, before its verdict. */
type Tables = Omit<EndsTables, 'verdict'>;

const CONCLUSIVE: Diagnosis = { kind: 'conclusive' };

/** How to compare attempt by attempt. */
const RECORD_STEP: Step = {
  who: 'you',
  action:
    'Run both ends with --record FILE, and compare the two files: each attempt is then matched with its connection at the other end.',
};

/** The verdict on the records of both ends: of several findings, the one that says most about the path. */
export function recordsVerdict(records: EndsRecords, tables: Tables): ComparisonVerdict {
  const { otherEnd, failures } = records;
  const { sent, neverArrived, unknown } = otherEnd.attempts;
  const { beforeTls, inHandshake, afterTls } = otherEnd.cut;
  const cut = beforeTls + inHandshake + afterTls;
  const failed = failures.map(({ says }) => says).filter((says) => says !== '');
  const differs = (title: string, means: string, next: readonly Step[] = []): ComparisonVerdict => ({
    id: 'differs',
    title,
    means: [means, ...failed, timesSentence(tables)].filter((text) => text !== '').join(' '),
    certainty: CONCLUSIVE,
    next,
  });
  if (neverArrived > 0)
    return differs(
      `${neverArrived} of ${count(sent, 'attempt')} never arrived`,
      'tentacle-pong has no record of them, and its records cover their time.',
      [{ who: 'network-team', action: 'Check what drops packets between the two machines, in both directions.' }],
    );
  if (otherEnd.certificates.length > 0)
    return differs(
      'Another client certificate arrived than was sent',
      'A device in between terminates TLS and presents its own certificate, or none.',
      [{ who: 'network-team', action: 'Exempt this connection from TLS inspection.' }],
    );
  if (otherEnd.tls.length > 0 || otherEnd.firstBytes.length > 0)
    return differs(
      'The two ends did not speak TLS with each other',
      'A device in between terminates or replaces TLS.',
      [{ who: 'network-team', action: 'Exempt this connection from TLS inspection.' }],
    );
  if (cut > 0)
    return differs(
      `${count(cut, 'connection was', 'connections were')} cut in transit`,
      'Each end recorded that the connection ended, and neither of them ended it.',
      [{ who: 'network-team', action: 'Check the firewalls, load balancers and proxies in between for resets.' }],
    );
  if (failures.length > 0)
    return differs(
      failuresTitle(tables),
      'Both ends recorded them: the table above shows each failure beside its endings.',
    );
  if (otherEnd.translated.length > 0)
    return differs(
      'Addresses are translated in between (NAT or proxy)',
      'tentacle-pong saw the attempts from another address. Nothing else differs.',
    );
  if (unknown > 0)
    return {
      id: 'not-shown',
      title: `${count(unknown, 'attempt has', 'attempts have')} no certain record at the other end`,
      means: ['Nothing that both ends recorded differs.', timesSentence(tables)].join(' ').trim(),
      certainty: { kind: 'unknown' },
      next: [],
    };
  return same(tables);
}

/** The verdict on a run of ping and a summary of pong, which cannot be matched attempt by attempt. */
export function totalsVerdict(tables: Tables, { received }: Pick<PongSummary, 'received'>): ComparisonVerdict {
  const { attempts, errors } = tables;
  const hereOnly = errors.filter(({ id, there }) => id !== undefined && there.length === 0);
  const thereOnly = errors.filter(({ id }) => id === undefined);
  const times = timesSentence(tables);
  if (attempts.ended === 0)
    return {
      id: 'nothing-in-common',
      title: 'No attempt ended',
      means: 'There is nothing to compare.',
      certainty: { kind: 'unknown' },
      next: [],
    };
  if (hereOnly.length > 0) {
    const failed = hereOnly.reduce((sum, error) => sum + error.count, 0);
    return {
      id: 'differs',
      title: `${count(failed, 'failure has', 'failures have')} no counterpart at the other end`,
      means: sentences(
        `tentacle-ping reports ${listOf(hereOnly.map(({ id = '' }) => id))}, and tentacle-pong recorded no ending that belongs to it.`,
        `tentacle-pong received ${count(received, 'connection')} of all clients for ${count(attempts.ended, 'attempt')}.`,
        times,
      ),
      certainty: {
        kind: 'ambiguous',
        causes: [
          'The connections did not reach tentacle-pong: the port, the name, a firewall or the network in between.',
          'tentacle-pong was not running during all of the run.',
        ],
        howToTell: 'the records of both ends (--record) show of each attempt whether it arrived.',
      },
      next: [RECORD_STEP],
    };
  }
  if (errors.some(({ id }) => id !== undefined))
    return {
      id: 'both-show-it',
      title: 'Both ends show the failures',
      means: sentences('Each failure of tentacle-ping has endings beside it that belong to it.', times),
      certainty: CONCLUSIVE,
      next: [RECORD_STEP],
    };
  if (thereOnly.length > 0)
    return {
      id: 'not-shown',
      title: 'Only the other end recorded errors',
      means: sentences(
        `All attempts succeeded. tentacle-pong recorded ${listOf(thereOnly.flatMap(({ there }) => there.map(({ ending = '' }) => ending)))}, which may be connections of other clients.`,
        times,
      ),
      certainty: { kind: 'unknown' },
      next: [RECORD_STEP],
    };
  return same(tables);
}

function same(tables: Tables): ComparisonVerdict {
  const { ended } = tables.attempts;
  return {
    id: 'same',
    title: 'Both ends saw the same',
    means: sentences(
      `All ${count(ended, 'attempt')} succeeded, and the other end recorded no error.`,
      timesSentence(tables),
    ),
    certainty: CONCLUSIVE,
    next: [],
  };
}

function failuresTitle({ attempts: { ended, ok } }: Tables): string {
  return `${ended - ok} of ${count(ended, 'attempt')} failed, and both ends recorded it`;
}

/** Where the time of a round trip goes: the other end, or everything in between. */
function timesSentence({ stages }: Pick<Tables, 'stages'>): string {
  const rpc = stages.find(({ stage }) => stage === 'rpc');
  const [median] = rpc?.quantiles ?? [];
  if (rpc?.networkUs === undefined || median === undefined) return '';
  const network = rpc.networkUs === 0 ? 'take too little to measure' : `take ${ms(rpc.networkUs)} ms`;
  return `A round trip took ${ms(median.hereUs)} ms here and ${ms(median.thereUs)} ms there (p50): network and systems ${network}.`;
}

function sentences(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

/** As many ids as a sentence bears. */
const LISTED_MAX = 3;

function listOf(ids: readonly string[]): string {
  const more = ids.length > LISTED_MAX ? ` and ${ids.length - LISTED_MAX} more` : '';
  return `${ids.slice(0, LISTED_MAX).join(', ')}${more}`;
}
