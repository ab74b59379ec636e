import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { program } from '../components.js';
import { type Command, home } from './command.js';

/** What a pseudoterminal is opened with. */
export const python = program('python3');

/** Runs the arguments in a pseudoterminal and prints what they write to it; lines on stdin resize it and send signals. */
const SCRIPT = `
import fcntl, os, pty, select, signal, struct, sys, termios
def resize(columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
ready, go = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.read(ready, 1)
    os.execvp(sys.argv[2], sys.argv[2:])
resize(int(sys.argv[1]))
os.write(go, b'x')
inputs = [terminal, 0]
while inputs:
    for source in select.select(inputs, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:
            data = b''
        if not data:
            inputs = [] if source == terminal else [terminal]
        elif source == terminal:
            os.write(1, data)
        else:
            for line in data.decode().split('\\n'):
                word, _, value = line.partition(' ')
                if word == 'columns': resize(int(value))
                if word == 'signal': os.kill(child, getattr(signal, value))
                if word == 'hangup':
                    os.close(terminal)
                    inputs = []
                if word == 'type': os.write(terminal, bytes.fromhex(value))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** A command in a terminal. */
export interface TerminalCommand extends Pick<Command, 'printed'> {
  readonly ended: Promise<{ readonly status: number | null; readonly text: string }>;
  /** Changes the width of the terminal. */
  readonly resize: (columns: number) => void;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly type: (keys: string) => void;
  /** Closes the terminal. */
  readonly hangUp: () => void;
}

/** The script of a program, for the arguments of a shell. */
export function scriptOf(name: 'ping' | 'pong'): string {
  return fileURLToPath(new URL(`../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url));
}

/** Runs tentacle-ping in a terminal. */
export function pingInTerminal(args: readonly string[], columns = 80): TerminalCommand {
  return inTerminal([process.execPath, scriptOf('ping'), ...args], columns);
}

/** Runs a command in a terminal, with marks in ASCII and without color. */
export function inTerminal(words: readonly string[], columns = 80): TerminalCommand {
  const child = spawn('python3', ['-c', SCRIPT, String(columns), ...words], {
    env: { ...process.env, LC_ALL: 'C', TERM: 'xterm', NO_COLOR: '1', FORCE_COLOR: undefined, XDG_CONFIG_HOME: home },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  const checks = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    for (const check of checks) check();
  });
  const ended = new Promise<{ status: number | null; text: string }>((resolve) => {
    child.on('close', (status) => resolve({ status, text }));
  });
  const send = (line: string): void => void child.stdin.write(`${line}\n`);
  return {
    ended,
    resize: (columns) => send(`columns ${columns}`),
    signal: (name) => send(`signal ${name}`),
    type: (keys) => send(`type ${Buffer.from(keys).toString('hex')}`),
    hangUp: () => send('hangup'),
    printed: async (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(text);
          if (match === null) return;
          checks.delete(check);
          resolve(match);
        };
        checks.add(check);
        check();
        void ended.then(({ status }) => reject(new Error(`ended with ${status ?? 'a signal'}: ${text}`)));
      }),
  };
}

/** The lines on a screen after this text: a carriage return leads to the first column, and text replaces what is there. */
export function screenOf(text: string): string[] {
  const lines = [''];
  let column = 0;
  for (const letter of text) {
    if (letter === '\r') column = 0;
    else if (letter === '\n') lines.push('');
    else {
      const line = (lines.at(-1) ?? '').padEnd(column);
      lines[lines.length - 1] = line.slice(0, column) + letter + line.slice(column + 1);
      column++;
    }
  }
  return lines.map((line) => line.trimEnd());
}
