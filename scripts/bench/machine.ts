import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** Describes the machine of the measurements in one line. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GB`;
  const load = loadavg()[0]?.toFixed(1) ?? '';
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${memory}; ${system()}; Node ${process.version} (OpenSSL ${process.versions.openssl}); load before: ${load}`;
}

function system(): string {
  const kernel = `${type()} ${release()}`;
  try {
    const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return name === undefined ? kernel : `${name} (${kernel})`;
  } catch {
    return kernel;
  }
}

/** Returns why a program cannot be used; undefined if it can. */
export function missing(program: string, versionArgument: string): string | undefined {
  try {
    execFileSync(program, [versionArgument], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `no ${program}`;
  }
}

/** The reason why resident memory is unknown. */
export const NO_PROC = 'resident memory requires /proc, which only Linux has';

/** Returns a process's resident memory in bytes; undefined if the system has no /proc. */
export function residentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
