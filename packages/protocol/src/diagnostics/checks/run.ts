import { defineFinding } from './finding.js';

/** What can happen to each group of checks. */
export const runFindings = {
  timedOut: defineFinding({
    id: 'check.timeout',
    group: 'any',
    status: 'unknown',
    title: ({ group, timeoutMs }: { readonly group: string; readonly timeoutMs: number }) =>
      `The other checks of "${group}" did not finish within ${timeoutMs / 1000} s`,
    means: () => 'What they would have found is unknown. The usual causes are a busy host and a command that hangs.',
    next: ({ group }) => [
      { who: 'you', action: `Run only these checks when the host is less busy, with --only ${group}.` },
    ],
    example: { group: 'firewall', timeoutMs: 9000 },
  }),
  stopped: defineFinding({
    id: 'check.stopped',
    group: 'any',
    status: 'unknown',
    title: ({ group }: { readonly group: string }) => `The checks of "${group}" were stopped before they finished`,
    example: { group: 'firewall' },
  }),
  failed: defineFinding({
    id: 'check.bug',
    group: 'any',
    status: 'unknown',
    title: ({ group }: { readonly group: string; readonly reason: string }) =>
      `The checks of "${group}" failed: a bug in this tool`,
    means: ({ reason }) => `This tool failed with ${reason}. This says nothing about the host.`,
    next: () => [{ who: 'you', action: 'Run again with --json and report the document as a bug in this tool.' }],
    example: { group: 'firewall', reason: 'TypeError: x is not a function' },
  }),
};
