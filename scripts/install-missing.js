// Before `npm run demo` and `npm test`: installs the dependencies where they are missing or older than the lock file, so
// that one command works on a fresh clone, in any shell. Plain JavaScript, because nothing is built yet.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import process from 'node:process';
import { URL } from 'node:url';

/** What npm writes at the end of an installation. */
const INSTALLED = new URL('../node_modules/.package-lock.json', import.meta.url);
const LOCK = new URL('../package-lock.json', import.meta.url);

const modifiedMs = (url) => statSync(url, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modifiedMs(INSTALLED) < modifiedMs(LOCK)) {
  const { npm_execpath: npm } = process.env;
  if (npm === undefined) throw new Error('run this with npm, as in: npm run demo');
  const { status } = spawnSync(process.execPath, [npm, 'ci', '--no-audit', '--no-fund'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
