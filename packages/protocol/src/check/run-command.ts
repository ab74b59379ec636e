import { execFile } from 'node:child_process';
import { delimiter, win32 } from 'node:path';
import { maskUnsafeLines } from '../text/sanitize.js';

/** How a command of the system ended. */
export type CommandResult =
  /** `status`: its exit status; negative where a signal ended it. */
  | { readonly kind: 'done'; readonly status: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'missing' }
  /** This account may not run it. */
  | { readonly kind: 'denied' }
  | { readonly kind: 'timeout' }
  /** It printed more than {@link OUTPUT_MAX_BYTES}. */
  | { readonly kind: 'too-long' };

/** Runs a command of the system without a shell, and waits for its end. It never throws. */
export type RunCommand = (file: string, args: readonly string[], timeoutMs?: number) => Promise<CommandResult>;

/** Commands that read local facts take milliseconds; PowerShell takes seconds to start on a busy server. */
const TIMEOUT_MS = 8000;

/** The rules of a large firewall are 2 MB as JSON. */
const OUTPUT_MAX_BYTES = 16 * 1024 * 1024;

/** Administration commands are not on the PATH of an ordinary account. */
const SBIN = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** By its full path: a bare name would be looked up in the current folder first. */
const WINDOWS_SYSTEM = 'C:\\Windows\\System32';

/** Returns a function that runs the system's commands. @param stop cuts the commands that still run. */
export function commandRunner(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  stop: AbortSignal,
): RunCommand {
  const options = { env: commandEnvironment(platform, env), maxBuffer: OUTPUT_MAX_BYTES, windowsHide: true };
  return async (file, args, timeoutMs = TIMEOUT_MS) => {
    const path = platform === 'win32' && !win32.isAbsolute(file) ? win32.join(WINDOWS_SYSTEM, file) : file;
    return new Promise<CommandResult>((resolve) => {
      const settings = { ...options, timeout: timeoutMs, killSignal: 'SIGKILL', signal: stop } as const;
      const child = execFile(path, args, settings, (error, stdout, stderr) => {
        resolve(resultOf(error, readOutput(stdout), readOutput(stderr)));
      });
      // It gets no input: one that asks for something sees the end of it.
      child.stdin?.on('error', () => undefined).end();
    });
  };
}

/** The texts of commands are read, so they are asked for in English. */
function commandEnvironment(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  if (platform === 'win32') return { ...env };
  const path = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...SBIN];
  return { ...env, LC_ALL: 'C', PATH: [...new Set(path)].join(delimiter) };
}

/** The lines of an output. Commands of Windows end each with CR LF, whose CR would be masked. */
function readOutput(text: string): string {
  return maskUnsafeLines(text.replaceAll('\r\n', '\n'));
}

interface ExecError extends Error {
  readonly code?: number | string | null;
  readonly killed?: boolean;
  readonly signal?: string | null;
}

function resultOf(error: ExecError | null, stdout: string, stderr: string): CommandResult {
  if (error === null) return { kind: 'done', status: 0, stdout, stderr };
  const { code, killed } = error;
  if (code === 'ENOENT') return { kind: 'missing' };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied' };
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return { kind: 'too-long' };
  if (killed === true || code === 'ABORT_ERR') return { kind: 'timeout' };
  return { kind: 'done', status: typeof code === 'number' ? code : -1, stdout, stderr };
}

/** The path of Windows PowerShell 5.1, which every supported Windows has. */
const POWERSHELL = win32.join(WINDOWS_SYSTEM, 'WindowsPowerShell\\v1.0\\powershell.exe');

/** A text as a value in a script of PowerShell, which ends a text in single quotes at typographic quotes too. */
export function powershellText(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`;
}

/**
 * Runs PowerShell commands that end in an object, and returns that object; undefined where PowerShell is missing, fails or
 * prints something else. The result does not depend on the language of Windows.
 */
export async function powershellJson(run: RunCommand, script: string, timeoutMs?: number): Promise<unknown> {
  // In UTF-8 whatever the console's code page, and without the progress that remote modules print.
  const whole = `$ProgressPreference='SilentlyContinue'; [Console]::OutputEncoding=[Text.Encoding]::UTF8; ${script} | ConvertTo-Json -Depth 6 -Compress`;
  const args = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', whole];
  const result = await run(POWERSHELL, args, timeoutMs);
  if (result.kind !== 'done' || result.status !== 0) return undefined;
  try {
    return JSON.parse(result.stdout) as unknown;
  } catch {
    return undefined;
  }
}
