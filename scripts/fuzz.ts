import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** A million inputs for each small decoder, and fewer for the others, take about a quarter of an hour on two cores. */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    only: { type: 'string' },
    seed: { type: 'string' },
  },
});
const runs = Number(values.runs);
if (!(Number.isInteger(runs) && runs > 0)) {
  process.stderr.write('npm run fuzz -- [--runs N] [--only DECODER] [--seed N]\n');
  process.exit(2);
}
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const only = values.only === undefined ? [] : ['--testNamePattern', values.only];
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/fuzz', '--reporter=dot', ...only], {
  stdio: 'inherit',
  env: {
    ...process.env,
    FUZZ_RUNS: String(runs),
    ...(values.seed === undefined ? {} : { FUZZ_SEED: values.seed }),
  },
});
process.exitCode = status ?? 1;
