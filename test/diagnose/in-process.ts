import { diagnose } from '../../packages/ping/src/diagnose/diagnose.js';
import type { DiagnosisReport, DiagnosisStep } from '../../packages/ping/src/diagnose/diagnosis-report.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { testIdentity } from '../identities.js';

const clientIdentity = await testIdentity('Octopus Server');

/** How a diagnosis in this process is stopped, and with which identity it runs. */
export interface DiagnosisControl {
  readonly stop?: AbortSignal;
  readonly onStep?: (step: DiagnosisStep) => void;
  readonly identity?: Awaited<ReturnType<typeof testIdentity>>;
}

/** Diagnoses a target from this process. */
export async function diagnosed(
  target: string,
  args: readonly string[] = [],
  { stop = new AbortController().signal, onStep = () => undefined, identity = clientIdentity }: DiagnosisControl = {},
): Promise<DiagnosisReport> {
  const parsed = await parseArguments(PING, ['diagnose', target, ...args]);
  if (parsed.kind !== 'run') throw new Error('these arguments start no run');
  const options = parseRunOptions(parsed.positionals, parsed.options);
  return diagnose({ options, identity, version: '0.0.0', onStep, stop });
}
