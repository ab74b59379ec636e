import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { checksPage } from './docs/checks-page.js';
import { endingsPage } from './docs/endings-page.js';
import { failurePages } from './docs/failure-pages.js';
import { knownMessagesPage } from './docs/known-messages-page.js';
import { optionsPage } from './docs/options-page.js';
import { schema } from './docs/schema.js';

/** Generates the documents that come from tables and types; with --check, reports those that are out of date. */
const root = new URL('../../', import.meta.url);

async function documents(): Promise<Record<string, string>> {
  return {
    'docs/options.md': await optionsPage(),
    ...failurePages(),
    'docs/log-lines.md': knownMessagesPage(),
    'docs/endings.md': endingsPage(),
    'docs/checks.md': checksPage(),
    'docs/report.schema.json': schema('report/report.ts', 'Report'),
    'docs/diagnosis.schema.json': schema('diagnose/diagnosis-report.ts', 'DiagnosisReport'),
    'docs/polling-report.schema.json': schema('measurements/polling-server/polling-report.ts', 'PollingReport'),
    'docs/poll-report.schema.json': schema('poller/poll-report.ts', 'PollReport', 'pong'),
    'docs/targets.schema.json': schema('measurements/targets/targets-report.ts', 'TargetsReport'),
    'docs/comparison.schema.json': schema('compare/comparison.ts', 'Comparison'),
    'docs/ends.schema.json': schema('compare/ends-comparison.ts', 'EndsComparison'),
    'docs/ends-totals.schema.json': schema('compare/ends-comparison.ts', 'EndsTotals'),
    'docs/explanation.schema.json': schema('explain/explanation.ts', 'Explanation'),
  };
}

const check = process.argv.includes('--check');
await mkdir(new URL('docs/failures/', root), { recursive: true });
for (const [path, text] of Object.entries(await documents())) {
  const file = new URL(path, root);
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue;
  if (check) {
    process.stderr.write(`${path} is out of date; run npm run docs\n`);
    process.exitCode = 1;
  } else {
    await writeFile(file, text);
  }
}
