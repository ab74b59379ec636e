import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { checksPage } from './docs/checks-page.js';
import { endingsPage } from './docs/endings-page.js';
import { failurePages } from './docs/failure-pages.js';
import { builtPrograms } from './docs/built-programs.js';
import { manPage } from './docs/man-page.js';
import { failureRules } from './docs/failure-rules.js';
import { knownMessagesPage } from './docs/known-messages-page.js';
import { moduleSchema } from './docs/module-schema.js';
import { optionsPage } from './docs/options-page.js';
import { schema, type SchemaSource } from './docs/schema.js';

/** Generates the documents that come from tables and types; with --check, reports those that are out of date. */
const root = new URL('../../', import.meta.url);

/** The schema of each JSON document that the programs print. */
const SCHEMAS: Readonly<Record<string, SchemaSource>> = {
  'docs/report.schema.json': { file: 'report/report.ts', type: 'Report' },
  'docs/diagnosis.schema.json': { file: 'diagnose/diagnosis-report.ts', type: 'DiagnosisReport' },
  'docs/polling-report.schema.json': { file: 'measurements/polling-server/polling-report.ts', type: 'PollingReport' },
  'docs/poll-report.schema.json': { file: 'poller/poll-report.ts', type: 'PollReport', end: 'pong' },
  'docs/targets.schema.json': { file: 'measurements/targets/targets-report.ts', type: 'TargetsReport' },
  'docs/comparison.schema.json': { file: 'compare/comparison.ts', type: 'Comparison' },
  'docs/ends.schema.json': { file: 'compare/ends-comparison.ts', type: 'EndsComparison' },
  'docs/ends-totals.schema.json': { file: 'compare/ends-comparison.ts', type: 'EndsTotals' },
  'docs/explanation.schema.json': { file: 'explain/explanation.ts', type: 'Explanation' },
};

async function documents(): Promise<Record<string, string>> {
  const [ping, pong] = await builtPrograms();
  return {
    'docs/options.md': await optionsPage(),
    'packages/ping/man/tentacle-ping.1': await manPage(ping, 'ping'),
    'packages/pong/man/tentacle-pong.1': await manPage(pong, 'pong'),
    ...failurePages(),
    'deploy/prometheus/rules/failures.yml': failureRules(),
    'docs/log-lines.md': knownMessagesPage(),
    'docs/endings.md': endingsPage(),
    'docs/checks.md': checksPage(),
    'docs/modules.schema.json': await moduleSchema(),
    ...Object.fromEntries(Object.entries(SCHEMAS).map(([path, source]) => [path, schema(path, source)])),
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
