import { facts, fragment, part, type Section, section, valueFacts } from 'tentacle-protocol/html';
import type { Report } from '../report/report.js';
import type { PageContext } from './page-context.js';

/** The options and the environment of a run. */
export function settingsSection(report: Report, { runtime }: PageContext): Section | undefined {
  const { plan, proxy, tool, pace, startedAt, endedAt, reconnects } = report;
  return section(
    { id: 'settings', title: 'Options and environment' },
    part('Options', valueFacts(plan)),
    part('Schedule', valueFacts({ ...pace, ...(plan.reuse ? { reconnects } : {}) })),
    part('Proxy', valueFacts(proxy)),
    part(
      'Environment',
      facts([
        ['program', `${tool.name} ${tool.version}`],
        ['runtime', runtime],
        ['started', startedAt],
        ['ended', endedAt],
      ]),
    ),
    fragment(),
  );
}
