import { type Identity, nowUs } from 'tentacle-protocol';
import { type Environment, type ParsedOptions } from 'tentacle-protocol/cli';
import type { IdleMode } from '../options/idle-options.js';
import type { OnProgress } from '../measurements/idle/idle-search.js';
import { isIdleHealthy, measureIdleTimeout } from '../measurements/idle/measure-idle.js';
import type { RunOptions } from '../options/run-options.js';
import { heading } from '../output/heading.js';
import { idlePreview, idleProgress } from '../output/idle.js';
import { terminalReport } from '../output/terminal.js';

/** `tentacle-ping HOST --idle`: the progress on stderr, then the report. */
export async function measureIdle(
  plan: RunOptions & { readonly mode: IdleMode },
  identity: Identity,
  options: ParsedOptions,
  version: string,
  environment: Environment,
): Promise<number> {
  const quiet = options.flag('quiet');
  if (!quiet) environment.stderr(`${heading(plan, identity.thumbprint)}${idlePreview(plan.mode)}`);
  const onProgress: OnProgress = quiet
    ? () => undefined
    : (waiting, ended) => environment.stderr(idleProgress(waiting, ended, nowUs()));
  const report = await measureIdleTimeout({ plan, identity, version, onProgress, stop: environment.stop });
  environment.stdout(options.flag('json') ? `${JSON.stringify(report)}\n` : terminalReport(report));
  return isIdleHealthy(report) ? 0 : 1;
}
