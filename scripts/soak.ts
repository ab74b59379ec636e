import { appendFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseDuration } from './soak/parse-duration.js';
import { AttackEnvironment } from './attack/attack-environment.js';
import { runSoak } from './soak/run-soak.js';
import { brokenBounds, figuresHead, figuresRow, summaryMarkdown } from './soak/soak-summary.js';

const { values } = parseArgs({
  options: {
    duration: { type: 'string', default: '1h' },
    figures: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seconds = parseDuration(values.duration);
if (seconds === undefined) {
  process.stderr.write('npm run soak -- [--duration 1h] [--figures FILE] [--json]\n');
  process.exit(2);
}

/** Once a minute, and often enough in a short soak to have a slope. */
const sampleSeconds = Math.min(60, Math.max(1, seconds / 20));
const { figures: file } = values;
if (file !== undefined) writeFileSync(file, `${figuresHead()}\n`);
const environment = await AttackEnvironment.create([]);
try {
  const result = await runSoak(seconds, sampleSeconds, environment, (figures) => {
    if (file !== undefined) appendFileSync(file, `${figuresRow(figures)}\n`);
  });
  const broken = brokenBounds(result);
  process.stdout.write(`${values.json ? JSON.stringify({ ...result, broken }) : summaryMarkdown(result)}\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
} finally {
  environment.clear();
}
