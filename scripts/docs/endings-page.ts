import { endings } from 'tentacle-protocol/diagnostics';
import { cell, GENERATED } from './markdown.js';

/** How connections end, as the listener observes it. */
export function endingsPage(): string {
  const rows = endings.map(
    ({ id, title, means, example }) => `| \`${id}\` | ${cell(title)} | ${cell(means(example))} |`,
  );
  const table = ['| ending | title | meaning, with an example |', '| --- | --- | --- |', ...rows].join('\n');
  const about =
    'How a connection to tentacle-pong, or to `tentacle-ping listen`, ended, as the listener observed it. Ids are API: they are never renamed.';
  return `${[GENERATED, '# Endings', about, table].join('\n\n')}\n`;
}
