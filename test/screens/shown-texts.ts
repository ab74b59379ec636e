import type { Step } from '../../packages/protocol/src/diagnostics/step.js';
import {
  catalogue,
  describeFailure,
  endings,
  findings,
  knownMessages,
} from '../../packages/protocol/src/diagnostics/index.js';
import { checkVerdictText, groupText } from '../../packages/protocol/src/check/check-text.js';
import type { CheckReport } from '../../packages/protocol/src/check/check-report.js';
import { checkGroups } from '../../packages/protocol/src/check/groups.js';
import { ShownSteps } from '../../packages/protocol/src/check/shown-steps.js';
import { commandHelp, type ProgramDefinition, type Screen } from '../../packages/protocol/src/cli/index.js';
import { helpSubjects, helpText } from '../../packages/protocol/src/cli/help.js';
import type { DiagnosisReport } from '../../packages/ping/src/diagnose/diagnosis-report.js';
import { findId, type IdentifiedRow } from '../../packages/ping/src/explain/find-id.js';
import type { TargetsReport } from '../../packages/ping/src/measurements/targets/targets-report.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { comparisonText } from '../../packages/ping/src/output/comparison-text.js';
import { conclusionText, diagnosisHeading, StepPrinter } from '../../packages/ping/src/output/diagnosis-text.js';
import { explanationText, messageText } from '../../packages/ping/src/output/explanation-text.js';
import { checkFindingText, endingText, failureText, logLineText } from '../../packages/ping/src/output/id-text.js';
import {
  callHead,
  callLine,
  listeningText,
  messageLine,
  pollingText,
} from '../../packages/ping/src/output/polling-text.js';
import { targetName, targetRows, targetsText } from '../../packages/ping/src/output/targets-text.js';
import { terminalReport } from '../../packages/ping/src/output/terminal-report.js';
import { PONG } from '../../packages/pong/src/options/definition.js';
import { listeningText as pongStartText, summaryText } from '../../packages/pong/src/output/listen-text.js';
import { pollingText as pollStartText, pollReportText } from '../../packages/pong/src/output/poll-text.js';
import type { Runs } from './runs.js';

/** What one command prints, on any screen. */
type Render = (runs: Runs, screen: Screen) => string;

/** Everything that the commands print, by a name. With `--verbose` where the name says so. */
export const SHOWN_TEXTS: Readonly<Record<string, Render>> = {
  'ping: healthy': ({ healthy }, screen) => terminalReport(healthy, screen, { isVerbose: false }),
  'ping: healthy, verbose': ({ healthy }, screen) => terminalReport(healthy, screen, { isVerbose: true }),
  'ping: refused': ({ refused }, screen) => terminalReport(refused, screen, { isVerbose: false }),
  'ping: refused, verbose': ({ refused }, screen) => terminalReport(refused, screen, { isVerbose: true }),
  'ping: not trusted': ({ notTrusted }, screen) => terminalReport(notTrusted, screen, { isVerbose: false }),
  'ping: not trusted, verbose': ({ notTrusted }, screen) => terminalReport(notTrusted, screen, { isVerbose: true }),
  'ping: transfers': ({ transfers }, screen) => terminalReport(transfers, screen, { isVerbose: false }),
  'ping: transfers, verbose': ({ transfers }, screen) => terminalReport(transfers, screen, { isVerbose: true }),
  'ping: sizes': ({ sizes }, screen) => terminalReport(sizes, screen, { isVerbose: false }),
  'ping: sizes, verbose': ({ sizes }, screen) => terminalReport(sizes, screen, { isVerbose: true }),
  'ping: idle': ({ idle }, screen) => terminalReport(idle, screen, { isVerbose: false }),
  'ping: idle, verbose': ({ idle }, screen) => terminalReport(idle, screen, { isVerbose: true }),
  'diagnose: healthy': ({ diagnosis }, screen) => diagnosisText(diagnosis, screen, false),
  'diagnose: healthy, verbose': ({ diagnosis }, screen) => diagnosisText(diagnosis, screen, true),
  'diagnose: refused': ({ refusedDiagnosis }, screen) => diagnosisText(refusedDiagnosis, screen, false),
  'diagnose: refused, verbose': ({ refusedDiagnosis }, screen) => diagnosisText(refusedDiagnosis, screen, true),
  'diagnose: unexpected': ({ unexpectedDiagnosis }, screen) => diagnosisText(unexpectedDiagnosis, screen, false),
  'explain: log': ({ explainedLog }, screen) => explanationText(explainedLog, 'OctopusServer.txt', screen, false),
  'explain: log, verbose': ({ explainedLog }, screen) => explanationText(explainedLog, 'OctopusServer.txt', screen),
  'explain: message': ({ explainedMessage }, screen) => messageText(explainedMessage, screen),
  'explain: ids': (_, screen) => ROWS.map((row) => idText(row, screen)).join('\n'),
  'ping: targets': ({ targets }, screen) => targetsTable(targets, screen),
  compare: ({ comparison }, screen) => comparisonText(comparison, screen, { isVerbose: false }),
  'compare, verbose': ({ comparison }, screen) => comparisonText(comparison, screen, { isVerbose: true }),
  'listen: start': ({ polling, pollStart }, screen) =>
    listeningText(
      polling.plan,
      {
        version: '0.0.0',
        port: 10943,
        ownThumbprint: pollStart.thumbprint,
        pollCommand: `tentacle-pong --poll 192.0.2.10:10943 --thumbprint ${pollStart.thumbprint}`,
      },
      screen,
    ),
  'listen: calls and connections': ({ polling }, screen) =>
    [
      messageLine(polling.startedAt, `+ poll://one/ from 192.0.2.7, ${polling.ownThumbprint} (1 open)`, screen, false),
      callHead(screen),
      ...polling.records.map((record) => callLine(record, screen)),
      ...catalogue.flatMap(({ id }) => {
        const [record] = polling.records;
        return record === undefined ? [] : [callLine({ ...record, outcome: id }, screen)];
      }),
      ...endings.map(({ title, means, example }) =>
        messageLine(polling.startedAt, `! ${title}. ${means(example)}`, screen, false),
      ),
    ].join(''),
  'listen: end': ({ polling }, screen) => pollingText(polling, screen, false),
  'listen: end, verbose': ({ polling }, screen) => pollingText(polling, screen, true),
  'ping check': ({ serverCheck }, screen) => checkText(serverCheck, screen, false),
  'ping check, verbose': ({ serverCheck }, screen) => checkText(serverCheck, screen, true),
  'pong check': ({ tentacleCheck }, screen) => checkText(tentacleCheck, screen, false),
  'check: all findings': ({ tentacleCheck }, screen) => checkText(withAllFindings(tentacleCheck), screen, false),
  'pong: start': ({ pongStart }, screen) =>
    pongStartText(pongStart, { version: '0.0.0', bind: undefined, trusted: 0, notes: [] }, screen),
  'pong: summary': ({ pongSummary }, screen) => summaryText(pongSummary, screen, false),
  'pong: summary, verbose': ({ pongSummary }, screen) => summaryText(pongSummary, screen, true),
  'pong --poll: start': ({ pollStart }, screen) => pollStartText(pollStart, { version: '0.0.0', notes: [] }, screen),
  'pong --poll: end': ({ polled }, screen) => pollReportText(polled, screen, false),
  'pong --poll: end, verbose': ({ polled }, screen) => pollReportText(polled, screen, true),
  'help of ping': (_, screen) => allHelp(PING, screen),
  'help of pong': (_, screen) => allHelp(PONG, screen),
};

/** Those with tables that have fewer columns on a narrow screen, or quotations that are shorter there. */
export const SHORTENED_TEXTS: readonly string[] = [
  ...Object.keys(SHOWN_TEXTS).filter((name) => name.startsWith('ping: ')),
  // A narrow verdict has short thumbprints.
  'diagnose: unexpected',
  'explain: log',
  'compare',
  'compare, verbose',
  'listen: calls and connections',
  'listen: end',
  'listen: end, verbose',
  'ping check',
  'ping check, verbose',
  'pong check',
  'check: all findings',
  'pong: summary',
  'pong: summary, verbose',
  'pong --poll: start',
  'pong --poll: end',
  'pong --poll: end, verbose',
];

const IDS: readonly string[] = [...catalogue, ...knownMessages, ...endings, ...findings].map(({ id }) => id);

const ROWS = await Promise.all(IDS.map(async (id) => findId(id)));

function idText(row: IdentifiedRow | undefined, screen: Screen): string {
  switch (row?.kind) {
    case 'failure':
      return failureText(row.row, screen);
    case 'log-line':
      return logLineText(row.match, screen);
    case 'ending':
      return endingText(row.match, screen);
    case 'check':
      return checkFindingText(row.match, screen);
    default:
      throw new Error('an id is not known');
  }
}

/** The steps and the conclusion of a diagnosis, as they are printed. */
function diagnosisText(report: DiagnosisReport, screen: Screen, isVerbose: boolean): string {
  const texts = [diagnosisHeading(report.target)];
  const printer = new StepPrinter((text) => void texts.push(text), screen, isVerbose);
  for (const step of report.steps) printer.step(step);
  printer.end();
  return [...texts, conclusionText(report, screen, isVerbose)].join('');
}

function targetsTable(report: TargetsReport, screen: Screen): string {
  const { head, row } = targetRows(Math.max(...report.targets.map((line) => targetName(line).length)), screen);
  return [head, ...report.targets.map(row), targetsText(report, screen)].join('');
}

function checkText(report: CheckReport, screen: Screen, isVerbose: boolean): string {
  const shown = new ShownSteps({ platform: 'linux', ownActor: 'tentacle-admin', isVerbose });
  const groups = report.groups.map((group) => {
    const definition = checkGroups.find(({ name }) => name === group.name);
    return definition === undefined ? '' : groupText(definition, group, { shown, screen, isVerbose });
  });
  return [...groups, checkVerdictText(report, screen)].join('');
}

/** A check that found everything that there is to find. */
function withAllFindings(report: CheckReport): CheckReport {
  const groups = checkGroups.map(({ name }) => {
    const checks = findings.flatMap(({ group, example }) => (group === name ? [example] : []));
    return { name, checks, elapsedUs: 1 };
  });
  return { ...report, groups };
}

function allHelp(program: ProgramDefinition, { width }: Screen): string {
  const subjects = [undefined, ...helpSubjects(program)].map((subject) => helpText(program, subject, width));
  return [...subjects, ...program.commands.map((one) => commandHelp(program, one, width))].join('\n');
}

/** The lines of all commands in the steps of a value. */
export function commandsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { windows, linux } = value as Partial<Step>;
  const own = [windows, linux].flatMap((text) => (typeof text === 'string' ? text.split('\n') : []));
  return [...own, ...Object.values(value).flatMap(commandsOf)];
}

/** The commands of everything that is shown without a run. */
export function commandsOfTables(): string[] {
  const steps = ROWS.flatMap((row): readonly Step[] => {
    if (row === undefined) return [];
    return row.kind === 'failure' ? describeFailure(row.row.id, row.row.example).remediation : row.match.next;
  });
  return commandsOf(steps);
}
