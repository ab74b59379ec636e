import { parseArgs } from 'node:util';
import { AttackEnvironment } from './attack/attack-environment.js';
import { attacks } from './attack/attacks.js';
import { brokenGoals } from './attack/goals.js';
import { tableHead, tableRow } from './attack/result-table.js';
import { runAttack } from './attack/run-attack.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    'cpu-prof': { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const names = attacks.map(({ name }) => name);
const unknown = (values.only ?? []).filter((name) => !names.includes(name));
if (unknown.length > 0 || !(seconds > 0)) {
  process.stderr.write(
    `npm run attack -- [--only NAME] [--seconds N] [--json] [--cpu-prof DIRECTORY]\n\n${names.join('\n')}\n`,
  );
  process.exit(2);
}

/** With `--json`, one result on each line; otherwise a table. */
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const profile = values['cpu-prof'];
const environment = await AttackEnvironment.create(
  profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
);
let isBroken = false;
try {
  if (!values.json) print(tableHead());
  for (const attack of attacks) {
    if (values.only !== undefined && !values.only.includes(attack.name)) continue;
    const missing = attack.missing?.();
    if (missing !== undefined) {
      process.stderr.write(`${attack.name}: skipped, ${missing}\n`);
      continue;
    }
    const result = await runAttack(attack, seconds, environment);
    if (brokenGoals(result).length > 0) isBroken = true;
    print(values.json ? JSON.stringify({ ...result, broken: brokenGoals(result) }) : tableRow(result));
  }
} finally {
  environment.clear();
}
process.exitCode = isBroken ? 1 : 0;
