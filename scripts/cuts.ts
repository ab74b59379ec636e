import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Every byte of all conversations takes about half an hour on two cores. */
const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const every = Number(values.every);
if (!(Number.isInteger(every) && every > 0)) {
  process.stderr.write('npm run cuts -- [--every N] [--only CONVERSATION]\n');
  process.exit(2);
}
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const only = values.only === undefined ? [] : ['--testNamePattern', values.only];
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/cuts', '--reporter=dot', ...only], {
  stdio: 'inherit',
  env: { ...process.env, CUTS_EVERY: String(every) },
});
process.exitCode = status ?? 1;
