import { count, howToRaise, readOpenFiles, roomForConnections, UsageError } from 'tentacle-protocol/cli';

/**
 * Checks that this process may open as many connections at one time as the options ask for: attempts without a socket would
 * fail, and measure this machine.
 * @param option the one that requests them, for the error.
 * @throws UsageError
 */
export function requireOpenFiles(concurrency: number, option = '--concurrency'): void {
  const openFiles = readOpenFiles();
  if (openFiles === undefined) return;
  const room = roomForConnections(openFiles);
  if (concurrency > room)
    throw new UsageError(
      `${option}: the limit of ${openFiles.max} open files leaves room for ${count(room, 'connection')}; use at most ${room}, or ${howToRaise(concurrency)}`,
    );
}
