import type { OtherAttempts } from '../trace.js';
import { type FailureId, failureDefinition } from './catalogue.js';
import type { Ends } from './ends.js';
import type { Diagnosis, Observation, WholeAddress } from './failure-definition.js';
import { fullListenerCauses, fullListenerTest } from './failures/full-listener.js';
import { logName, readLog } from './failures/steps.js';
import type { Step } from './step.js';
import { counted, firstHopName, momentText, spanText } from './wording.js';

/** The texts of a failure that differ where only some attempts at an address have it. */
export interface InPartText {
  /** In place of the row's. Absent: the row's. */
  readonly explanation?: string;
  /** In place of the row's causes. Absent: the row's. */
  readonly diagnosis?: Diagnosis;
  /** Before the row's steps, or in place of them. */
  readonly firstSteps?: readonly Step[];
  readonly replacesSteps?: boolean;
}

/** Whether a failure shows what the peer is, or what it accepts: its cause is there, and not in a loss on the path. */
export function identifiesPeer(id: FailureId): boolean {
  return failureDefinition(id).wholeAddress === 'answered';
}

/** Returns what differs in the texts of a failure where other attempts at the same address got past it. */
export function describeInPart(id: FailureId, observation: Observation, ends: Ends): InPartText {
  const { otherAttempts } = observation.facts;
  const kind = failureDefinition(id).wholeAddress;
  if (otherAttempts === undefined || kind === undefined) return {};
  const subject = subjectOf(id, observation, ends);
  // A limit comes and goes with the connections of others.
  const mayBeFull = id === 'tls.closed' || id === 'tls.reset';
  const causes = [
    ...CAUSES[kind](subject.name, otherAttempts.order),
    ...(mayBeFull ? fullListenerCauses(observation.facts, ends, true) : []),
  ];
  const test = mayBeFull ? fullListenerTest(observation.facts, ends) : '';
  return {
    diagnosis: { kind: 'ambiguous', causes, howToTell: `${howToTell(kind, subject, otherAttempts, ends)}${test}` },
    ...explanationOf(kind, observation),
    // The steps of the rows about a proxy name the proxy.
    ...(id.startsWith('proxy.') ? {} : stepsOf(kind, observation, subject, ends)),
  };
}

/** What accepted the connections that passed, and where it logs. */
interface Subject {
  readonly name: string;
  readonly log: string;
  /** The stand-in prints what it does; it has no log file. */
  readonly isStandIn?: true;
}

function subjectOf(id: FailureId, { facts }: Observation, { there }: Ends): Subject {
  if (id.startsWith('proxy.')) return { name: 'the proxy', log: 'the log of the proxy' };
  const isStandIn = facts.peerKind === 'pong' || facts.peerKind === 'ping';
  if (!isStandIn) return { name: there.name, log: there.log.name };
  return { name: there.standIn.name, log: `the output of ${there.standIn.name}`, isStandIn };
}

type Order = OtherAttempts['order'];

const SEVERAL =
  'several machines or devices serve this address (a load balancer, or one address in use twice), and only some fail';

/** The causes that remain, by order: the likeliest first. */
const CAUSES: Readonly<Record<WholeAddress, (subject: string, order: Order) => readonly string[]>> = {
  name: (_, order) => [
    ...(order === 'after' ? ['the record was created, or the resolver repaired, during the run'] : []),
    ...(order === 'before' ? ['the record was removed, or the resolver failed, during the run'] : []),
    "this machine's resolvers return different answers",
    'one resolver answers only some of the time',
  ],
  refused: (subject, order) =>
    order === 'mixed'
      ? [
          `${subject} was stopped and started again during the run`,
          SEVERAL,
          'a firewall rejects some of the connections, for example those above a limit',
        ]
      : order === 'after'
        ? [
            `${subject} was not listening yet, and was started during the run`,
            'a firewall or load balancer rejected the connections, and was changed during the run',
          ]
        : [
            `${subject} was stopped, or exited, during the run`,
            'a firewall or load balancer began to reject the connections during the run, for example above a limit',
          ],
  unreachable: (_, order) => [
    order === 'after'
      ? 'the machine was started or connected during the run'
      : order === 'before'
        ? 'the machine was switched off, restarted or disconnected during the run'
        : 'the machine, or its network link, goes down and comes back',
    'a route or a firewall rule on the path was changed during the run, or changes again and again',
    'two machines have this address, and one of them cannot be reached',
  ],
  dropped: (subject, order) => [
    ...(order === 'after' ? ['the machine was started, or a firewall opened, during the run'] : []),
    ...(order === 'before'
      ? ['the machine was switched off, or a firewall began to drop packets, during the run']
      : []),
    'some packets are lost in transit: an overloaded or faulty line, or a firewall at its limit',
    `${subject} is overloaded at times, and its queue of new connections is full`,
    'several paths or machines serve this address, and one of them drops the packets',
  ],
  answered: (subject, order) => changedOrSeveral(subject, order),
  closed: (subject, order) => [
    ...changedOrSeveral(subject, order),
    'a device in between closes some of the connections, for example those above a limit',
  ],
  silent: (subject, order) => [
    `${subject} is hung or overloaded at times`,
    'packets of some connections are lost in transit',
    ...changedOrSeveral(subject, order),
  ],
};

function changedOrSeveral(subject: string, order: Order): string[] {
  const changed = `${subject}, its configuration, or a device in front of it was changed or restarted during the run`;
  return order === 'mixed' ? [SEVERAL, changed] : [changed, SEVERAL];
}

/** How to tell the remaining causes apart: times first, as a change has one and chance has none. */
function howToTell(
  kind: WholeAddress,
  { log }: Subject,
  { failed, passed, order }: OtherAttempts,
  { there }: Ends,
): string {
  const when =
    order === 'after'
      ? `between ${momentText(failed.lastAt)} and ${momentText(passed.firstAt)}`
      : order === 'before'
        ? `between ${momentText(passed.lastAt)} and ${momentText(failed.firstAt)}`
        : 'at the times of the failures';
  if (kind === 'name') return `Query each resolver of this machine several times. Compare with changes of DNS ${when}.`;
  const otherwise: Readonly<Record<Exclude<WholeAddress, 'name'>, string>> = {
    refused: 'If it was running all the time, a firewall or load balancer rejected the connections.',
    unreachable: 'If the machine was up all the time, look at routes and firewalls, and for a second machine.',
    dropped: `If nothing changed, capture packets on ${there.host} during a failure. If no SYN arrives, it is dropped before the host.`,
    answered: 'If nothing changed, repeat the run. If results still differ, several machines or devices answer.',
    closed: 'If nothing changed, repeat the run. If results still differ, look for a load balancer or a limit.',
    silent: 'If nothing changed, capture packets on both ends during a failure, and compare the packets.',
  };
  return `Check ${log} for a start, stop or change ${when}. ${otherwise[kind]}`;
}

/** The rows of these kinds say what is true of the address as a whole, which the attempts that passed contradict. */
function explanationOf(kind: WholeAddress, { signature, facts }: Observation): Pick<InPartText, 'explanation'> {
  const { otherAttempts } = facts;
  if (otherAttempts === undefined || (kind !== 'refused' && kind !== 'unreachable')) return {};
  const { failed, passed, order } = otherAttempts;
  const name = firstHopName(facts);
  const what = kind === 'refused' ? 'were refused' : `failed with ${signature.code}`;
  const first = `${counted(failed.count, 'connection')} to ${name} ${failed.count === 1 ? what.replace('were', 'was') : what}`;
  if (order === 'mixed')
    return {
      explanation: `${first}. ${counted(passed.count, 'other attempt')} connected ${spanText(passed.firstAt, passed.lastAt)}.`,
    };
  const others = counted(passed.count, order === 'after' ? 'later attempt' : 'earlier attempt');
  if (order === 'after') {
    return {
      explanation: `${first}, the last at ${momentText(failed.lastAt)}. From ${momentText(passed.firstAt)} on, ${others} connected.`,
    };
  }
  return {
    explanation: `Until ${momentText(passed.lastAt)}, ${others} connected. Then ${first}, the first at ${momentText(failed.firstAt)}.`,
  };
}

/** The row's steps go on; where the row asks whether the port is right at all, its steps are not for this case. */
function stepsOf(
  kind: WholeAddress,
  { facts }: Observation,
  { log: outputName, isStandIn }: Subject,
  { there }: Ends,
): Pick<InPartText, 'firstSteps' | 'replacesSteps'> {
  if (kind === 'name') return {};
  const lookFor = 'for a start, stop or error at the times of the failures';
  const log = isStandIn
    ? { who: there.administrator, action: `Check ${outputName} ${lookFor}.` }
    : readLog(there, `Check ${logName(there)} ${lookFor}.`);
  if (kind !== 'refused') return { firstSteps: [log] };
  return {
    replacesSteps: true,
    firstSteps: [
      log,
      {
        who: there.administrator,
        action: `On ${there.host}, check since when the process that listens on port ${facts.port} has been running.`,
        windows: `Get-NetTCPConnection -LocalPort ${facts.port} -State Listen | ForEach-Object { Get-Process -Id $_.OwningProcess } | Select-Object Name, Id, StartTime`,
        linux: `sudo ss -ltnp 'sport = :${facts.port}'\nps -eo pid,lstart,args`,
      },
      {
        who: 'network-team',
        action: `If it was running all the time, find the firewall or load balancer that rejected TCP ${facts.port} at these times.`,
      },
    ],
  };
}
