import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';

const CTRL_C = '\x03';
const CTRL_D = '\x04';
const ERASE = ['\x7f', '\b'];

/**
 * Ask a person at a terminal for a line, without echoing it.
 * @param stop cancels the question.
 * @returns undefined after Ctrl+C, or when the terminal is closed.
 */
export async function askHidden(
  question: string,
  terminal: ReadStream,
  write: (text: string) => void,
  stop: AbortSignal,
): Promise<string | undefined> {
  // Ctrl+C before the question arrived as a signal.
  if (stop.aborted) return undefined;
  const decoder = new StringDecoder('utf8');
  let typed: string[] = [];
  write(question);
  terminal.setRawMode(true);
  try {
    return await new Promise((resolve) => {
      terminal.on('data', (chunk: Buffer) => {
        // Arrow keys and similar ones are not part of a password.
        for (const key of stripVTControlCharacters(decoder.write(chunk))) {
          if (key === CTRL_C) resolve(undefined);
          else if (key === '\r' || key === '\n' || key === CTRL_D) resolve(typed.join(''));
          else if (ERASE.includes(key)) typed = typed.slice(0, -1);
          else if (key >= ' ') typed.push(key);
        }
      });
      terminal.once('end', () => resolve(undefined));
      stop.addEventListener('abort', () => resolve(undefined), { once: true });
    });
  } finally {
    terminal.removeAllListeners('data');
    terminal.setRawMode(false);
    terminal.pause();
    write('\n');
  }
}
