import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bookkeeping } from './bookkeeping.js';
import { connections } from './connections.js';
import { data } from './data.js';
import { machine } from './machine.js';
import { pongLoad } from './pong-load.js';
import { roundTrips } from './round-trips.js';
import { type Row, tableMarkdown, tableText } from './row.js';
import { startUp } from './start-up.js';
import { targets } from './targets.js';
import { wireTimes } from './wire-times.js';
import { Workplace } from './workplace.js';

/** By the numbers under which documents speak of them. */
const MEASUREMENTS: Readonly<Record<string, (place: Workplace) => Promise<Row[]>>> = {
  1: roundTrips,
  2: connections,
  3: wireTimes,
  4: data,
  5: bookkeeping,
  6: startUp,
  7: targets,
  8: pongLoad,
};

/** Where the table of the whole run stands. */
const DOCUMENT = new URL('../../../docs/measuring.md', import.meta.url);
const BEGIN = '<!-- Made by `npm run bench -- --write`. -->';
const END = '<!-- End of what it made. -->';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    big: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => MEASUREMENTS[name] === undefined);
const rounds = Number(values.rounds);
if (unknown.length > 0 || !(Number.isInteger(rounds) && rounds > 0)) {
  const names = Object.keys(MEASUREMENTS).join(', ');
  process.stderr.write(`npm run bench -- [${names}] [--big] [--rounds N] [--write]\n`);
  process.exit(2);
}

const about = `${new Date().toISOString().slice(0, 10)}, ${machine()}, ${rounds} rounds`;
const place = new Workplace(rounds, values.big);
const rows: Row[] = [];
try {
  for (const [name, measure] of Object.entries(MEASUREMENTS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const startedMs = performance.now();
    rows.push(...(await measure(place)));
    process.stderr.write(`measured ${name} in ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  }
} finally {
  place.clear();
}
process.stdout.write(`${about}\n\n${tableText(rows)}\n`);
if (values.write) {
  const document = await readFile(DOCUMENT, 'utf8');
  const [before = '', rest = ''] = document.split(BEGIN);
  const [, after = ''] = rest.split(END);
  await writeFile(DOCUMENT, `${before}${BEGIN}\n\n${about}.\n\n${tableMarkdown(rows)}\n\n${END}${after}`);
}
