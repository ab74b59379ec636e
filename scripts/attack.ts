import { parseArgs } from 'node:util';
import { AttackEnvironment } from './attack/attack-environment.js';
import { attacks } from './attack/attacks.js';
import { brokenByListener, brokenGoals } from './attack/goals.js';
import { hostileListeners } from './attack/hostile/hostile-listeners.js';
import { runHostileListener } from './attack/hostile/run-hostile-listener.js';
import { listenerHead, listenerRow, tableHead, tableRow } from './attack/result-table.js';
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
const listenerName = (name: string): string => `listener:${name}`;
const names = [...attacks.map(({ name }) => name), ...hostileListeners.map(({ name }) => listenerName(name))];
const unknown = (values.only ?? []).filter((name) => !names.includes(name));
if (unknown.length > 0 || !(seconds > 0)) {
  process.stderr.write(
    `npm run attack -- [--only NAME] [--seconds N] [--json] [--cpu-prof DIRECTORY]\n\n${names.join('\n')}\n`,
  );
  process.exit(2);
}

/** Whether to run it: it is asked for, and this machine has what it needs. */
function isDue(name: string, missing: (() => string | undefined) | undefined): boolean {
  if (values.only !== undefined && !values.only.includes(name)) return false;
  const reason = missing?.();
  if (reason !== undefined) process.stderr.write(`${name}: skipped, ${reason}\n`);
  return reason === undefined;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
/** The names of what broke a bound. */
const broke: string[] = [];
/** With `--json`, one result on each line; otherwise a table. */
function report(name: string, result: object, row: string, broken: readonly string[]): void {
  if (broken.length > 0) broke.push(name);
  print(values.json ? JSON.stringify({ ...result, broken }) : row);
}

const profile = values['cpu-prof'];
const nodeArgs = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
const environment = await AttackEnvironment.create(nodeArgs);
try {
  const dueAttacks = attacks.filter(({ name, missing }) => isDue(name, missing));
  if (dueAttacks.length > 0 && !values.json) print(tableHead());
  for (const attack of dueAttacks) {
    const result = await runAttack(attack, seconds, environment);
    report(attack.name, result, tableRow(result), brokenGoals(result));
  }
  const dueListeners = hostileListeners.filter(({ name, missing }) => isDue(listenerName(name), missing));
  if (dueListeners.length > 0 && !values.json) print(listenerHead());
  for (const listener of dueListeners) {
    for (const command of ['measure', 'diagnose'] as const) {
      const result = await runHostileListener(listener, command, environment);
      report(listener.name, result, listenerRow(result), brokenByListener(result));
    }
  }
} finally {
  environment.clear();
}
process.exitCode = broke.length > 0 ? 1 : 0;
