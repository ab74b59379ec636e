import type { TerminalStatusLine } from './status-line.js';

/**
 * Removes the status line before Ctrl+Z stops the process, so that the shell does not write into it. It is drawn again when
 * the process runs again. The system's own reaction stops the process: where no shell could continue it, it ignores Ctrl+Z.
 */
export function clearOnStop(process: NodeJS.Process, status: Pick<TerminalStatusLine, 'hide'>): void {
  // Windows has no such signal.
  if (process.platform === 'win32') return;
  process.once('SIGTSTP', () => {
    status.hide();
    process.kill(process.pid, 'SIGTSTP');
    // When it runs again.
    setImmediate(() => clearOnStop(process, status));
  });
}
