import { nowUs } from 'tentacle-protocol';
import { type Environment, ExitStatus, type ParsedCommand, type Screen, showLive } from 'tentacle-protocol/cli';
import { diagnose } from '../diagnose/diagnose.js';
import type { DiagnosisStep } from '../diagnose/diagnosis-report.js';
import { loadClientIdentity } from '../options/client-identity.js';
import { parseRunOptions } from '../options/run-options.js';
import { stepName } from '../diagnose/step-name.js';
import { conclusionText, diagnosisHeading, StepPrinter } from '../output/diagnosis-text.js';
import { liveLine, WAIT_SHOWN_US, waitingText } from '../output/live-text.js';
import { ReportOutput } from './report-output.js';
import { resolveProxy } from '../options/resolve-proxy.js';

/** `tentacle-ping diagnose HOST`: prints each step as it finishes, then the conclusion. @returns the exit status. */
export async function run(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const { stdout, stderr, stop } = environment;
  const options = await resolveProxy(
    parseRunOptions(positionals, parsed, 'tentacle-ping diagnose'),
    parsed,
    environment,
  );
  const identity = await loadClientIdentity(parsed, environment);
  const output = await ReportOutput.open(parsed, version, environment);
  const isJson = parsed.flag('json');
  const isVerbose = parsed.flag('verbose');
  const print = parsed.flag('quiet') ? () => undefined : isJson ? stderr : stdout;
  const steps = new StepPrinter(print, environment, isVerbose);
  print(diagnosisHeading(options));
  const onStep = (step: DiagnosisStep): void => steps.step(step);
  let running = { id: '', sinceUs: nowUs() };
  const onBegin = (id: string): void => {
    running = { id, sinceUs: nowUs() };
  };
  const stopLive = showLive(environment, (screen) => runningLine(running, screen));
  const diagnosis = await diagnose({ options, identity, version, onStep, onBegin, stop }).finally(stopLive);
  steps.end();
  if (isJson) output.printJson(diagnosis);
  else stdout(conclusionText(diagnosis, environment, isVerbose));
  await output.writePage(diagnosis, async () => (await import('../pages/diagnosis-page.js')).diagnosisPage);
  return output.status(diagnosis.verdict.id === 'ok' ? ExitStatus.OK : ExitStatus.FAILED);
}

/** The step that is running, and how long it has. */
function runningLine({ id, sinceUs }: { readonly id: string; readonly sinceUs: number }, screen: Screen): string {
  const name = stepName(id);
  const elapsedUs = nowUs() - sinceUs;
  return liveLine(
    [{ text: elapsedUs < WAIT_SHOWN_US ? `${name}: running` : waitingText(name, elapsedUs), priority: 1 }],
    screen,
  );
}
