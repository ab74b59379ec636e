import { singleLine } from '../../text/sanitize.js';
import { nowUs } from '../../time/clock.js';
import { hostPath } from '../configuration/host-file.js';
import type { Host } from '../host.js';
import { readNumber, readObject } from '../powershell-values.js';
import { type CommandResult, powershellJson, powershellText } from '../run-command.js';

/** How starts of the program ended. */
export type Starts =
  | { readonly kind: 'measured'; readonly timesMs: readonly number[]; readonly version?: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly output: string }
  | { readonly kind: 'denied' }
  | { readonly kind: 'unknown' };

/** The first start reads the program from disk; three show whether it is slow each time. */
const STARTS = 3;

/** For all starts: the group has to report before its own time is over. */
const TOTAL_MAX_MS = 6000;

/** A start that has less time left says nothing. */
const START_MIN_MS = 1000;

/**
 * Tentacle creates the folder of its default log at each start, also for `help`. This path cannot be one, because a device
 * or file is above it, so that nothing is created.
 */
const NO_LOG = { linux: '/dev/null/none', windows: 'C:\\Windows\\win.ini\\none' };

/** Measures how long `Tentacle help` takes, and reads the version. */
export async function measureStarts(host: Host, program: string): Promise<Starts> {
  return host.platform === 'win32' ? measureOnWindows(host, program) : measureOnLinux(host, program);
}

async function measureOnLinux(host: Host, program: string): Promise<Starts> {
  const path = hostPath(host, program);
  // A Tentacle that was built from source has no program of its own.
  const command = path.endsWith('.dll') ? ['dotnet', path] : [path];
  const beginUs = nowUs();
  const leftMs = (): number => TOTAL_MAX_MS - Math.round((nowUs() - beginUs) / 1000);
  const start = async (argument: string): Promise<CommandResult> =>
    host.run('env', [`DefaultLogDirectory=${NO_LOG.linux}`, ...command, argument], leftMs());
  const timesMs: number[] = [];
  while (timesMs.length < STARTS && leftMs() > START_MIN_MS) {
    const startedUs = nowUs();
    const result = await start('help');
    // Cut at the longest time that is waited for: slow, not broken.
    const problem = result.kind === 'timeout' ? undefined : problemOf(result);
    if (problem !== undefined) return problem;
    timesMs.push(Math.round((nowUs() - startedUs) / 1000));
  }
  const version = leftMs() > START_MIN_MS ? await start('version') : undefined;
  const text = version?.kind === 'done' && version.status === 0 ? versionOf(version.stdout) : undefined;
  return { kind: 'measured', timesMs, ...(text === undefined ? {} : { version: text }) };
}

/** Those of `env` itself: 125 it failed, 126 the program may not be run. */
function problemOf(result: CommandResult): Starts | undefined {
  if (result.kind === 'denied') return { kind: 'denied' };
  if (result.kind !== 'done') return { kind: 'unknown' };
  if (result.status === 0) return undefined;
  if (result.status === 126) return { kind: 'denied' };
  if (result.status === 125) return { kind: 'unknown' };
  return { kind: 'failed', reason: `exit status ${result.status}`, output: result.stderr || result.stdout };
}

function versionOf(output: string): string | undefined {
  return /\d+\.\d+\.\d+\S*/.exec(output)?.[0]?.slice(0, 100);
}

async function measureOnWindows({ run }: Host, program: string): Promise<Starts> {
  const path = powershellText(program);
  const script = [
    `$env:DefaultLogDirectory='${NO_LOG.windows}';$times=@();$all=[Diagnostics.Stopwatch]::StartNew()`,
    `for($i=0;$i -lt ${STARTS} -and $all.ElapsedMilliseconds -lt ${TOTAL_MAX_MS / 2};$i++){$one=[Diagnostics.Stopwatch]::StartNew();$null=& ${path} help 2>&1;$times+=$one.ElapsedMilliseconds}`,
    `@{timesMs=@($times);status=$LASTEXITCODE;version=[string](Get-Item -LiteralPath ${path}).VersionInfo.ProductVersion}`,
  ].join(';');
  const answer = await powershellJson(run, script, TOTAL_MAX_MS + 1000);
  const { timesMs, status: exitStatus, version } = readObject(answer) ?? {};
  const status = readNumber(exitStatus);
  // Windows did not start it, for example because this account may not.
  if (!Array.isArray(timesMs) || timesMs.length === 0 || status === undefined) return { kind: 'unknown' };
  if (status !== 0) return { kind: 'failed', reason: `exit status ${status}`, output: '' };
  const text = versionOf(singleLine(String(version), 200));
  return { kind: 'measured', timesMs: timesMs.map(Number), ...(text === undefined ? {} : { version: text }) };
}
