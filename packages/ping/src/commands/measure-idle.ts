import { type Given, type Identity, nowUs } from 'tentacle-protocol';
import type { IdleMode } from '../idle/idle-options.js';
import type { OnProgress } from '../measurements/idle/idle-search.js';
import { isIdleHealthy, measureIdleTimeout } from '../measurements/idle/measure-idle.js';
import type { Plan } from '../plan.js';
import { heading } from '../reporters/heading.js';
import { idlePreview, idleProgress } from '../reporters/idle.js';
import { terminalReport } from '../reporters/terminal.js';
import type { Io } from './command.js';

/** `tentacle-ping HOST --idle`: the progress on stderr, then the report. */
export async function measureIdle(
  plan: Plan & { readonly mode: IdleMode },
  identity: Identity,
  given: Given,
  version: string,
  io: Io,
): Promise<number> {
  const quiet = given.has('quiet');
  if (!quiet) io.stderr(`${heading(plan, identity.thumbprint)}${idlePreview(plan.mode)}`);
  const onProgress: OnProgress = quiet
    ? () => undefined
    : (waiting, ended) => io.stderr(idleProgress(waiting, ended, nowUs()));
  const report = await measureIdleTimeout({ plan, identity, version, onProgress, stop: io.stop });
  io.stdout(given.has('json') ? `${JSON.stringify(report)}\n` : terminalReport(report));
  return isIdleHealthy(report) ? 0 : 1;
}
