import { setMaxListeners } from 'node:events';
import { nowUs } from '../time/clock.js';
import { singleLine } from '../text/sanitize.js';
import { maskNamedSecrets } from '../text/sanitize-line.js';
import type { Check, CheckGroup, CheckGroupName } from '../diagnostics/checks/check.js';
import { runFindings } from '../diagnostics/checks/run.js';
import type { CheckContext, CheckGroupDefinition } from './check-context.js';

/** Follows a run. */
export interface CheckObserver {
  /** A group has finished; others before it may still run. */
  readonly onEnd: (name: CheckGroupName) => void;
  /** Called with each group in their order, once it and those before it have finished. */
  readonly onGroup: (group: CheckGroup) => void;
}

/**
 * Runs groups of checks side by side, each with its own deadline, and returns them in their order. A group that fails or runs
 * out of time keeps the checks that have their result.
 */
export async function runChecks(
  groups: readonly CheckGroupDefinition[],
  context: CheckContext,
  { onEnd, onGroup }: CheckObserver,
): Promise<readonly CheckGroup[]> {
  const running = groups.map(async (definition) => {
    const group = await runGroup(definition, context);
    onEnd(definition.name);
    return group;
  });
  const results: CheckGroup[] = [];
  for (const group of running) {
    const result = await group;
    onGroup(result);
    results.push(result);
  }
  return results;
}

async function runGroup(definition: CheckGroupDefinition, context: CheckContext): Promise<CheckGroup> {
  const { name } = definition;
  const timeoutMs = typeof definition.timeoutMs === 'number' ? definition.timeoutMs : definition.timeoutMs(context);
  const startedUs = nowUs();
  const checks: Check[] = [];
  const isOver = new AbortController();
  const signal = AbortSignal.any([context.signal, isOver.signal]);
  // Each command and each connection listens for it: dozens at a time, which are not a leak.
  setMaxListeners(0, context.signal, signal);
  const ended = new Promise<'over'>((resolve) => {
    // It may be aborted already: by Ctrl+C before the start.
    if (signal.aborted) resolve('over');
    signal.addEventListener('abort', () => resolve('over'), { once: true });
  });
  const timer = setTimeout(() => isOver.abort(), timeoutMs);
  let isOpen = true;
  const add = (check: Check): void => {
    if (isOpen) checks.push(withOwnCommands(withoutSecrets(check), context.side));
  };
  const run = definition.run({ ...context, signal }, add).then(
    () => 'done' as const,
    (error: unknown) => error,
  );
  const end = await Promise.race([run, ended]);
  isOpen = false;
  clearTimeout(timer);
  if (end === 'over') {
    const { timedOut, stopped } = runFindings;
    checks.push(context.signal.aborted ? stopped.check({ group: name }) : timedOut.check({ group: name, timeoutMs }));
  } else if (end !== 'done') {
    const reason = end instanceof Error ? `${end.name}: ${end.message}` : String(end);
    checks.push(runFindings.failed.check({ group: name, reason: singleLine(reason, 200) }));
  }
  return { name, checks, elapsedUs: nowUs() - startedUs };
}

/** The beginning of the command of the other program, which need not be on this host. */
const OTHER_CHECK = /^tentacle-(?:ping|pong) check /gm;

/** Steps that repeat a check on this host do it with the program that runs here. */
function withOwnCommands(check: Check, side: CheckContext['side']): Check {
  const own = `tentacle-${side === 'server' ? 'ping' : 'pong'} check `;
  const next = check.next.map((step) => ({
    ...step,
    ...(step.windows === undefined ? {} : { windows: step.windows.replaceAll(OTHER_CHECK, own) }),
    ...(step.linux === undefined ? {} : { linux: step.linux.replaceAll(OTHER_CHECK, own) }),
  }));
  return { ...check, next };
}

/** Commands, files and logs are quoted, and may contain what should not be in them. */
function withoutSecrets(check: Check): Check {
  const { title, means, evidence } = check;
  return {
    ...check,
    title: maskNamedSecrets(title),
    ...(means === undefined ? {} : { means: maskNamedSecrets(means) }),
    evidence: evidence.map(maskNamedSecrets),
  };
}
