import { type Command, command } from '../binaries/command.js';

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A running `tentacle-ping serve`. */
export interface RunningExporter extends Command {
  /** Without a path. */
  readonly url: string;
  readonly get: (path: string, init?: RequestInit) => Promise<Answer>;
  /** Requests the path until the answer has what is looked for. */
  readonly until: (path: string, pattern: RegExp) => Promise<Answer>;
}

/** Starts one on a free port. */
export async function startExporter(...args: string[]): Promise<RunningExporter> {
  const exporter = command('ping', ['serve', '--port', '0', ...args]);
  const [url] = await exporter.printed(/https?:\/\/[\d.:]+/);
  const get = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, text: await response.text() };
  };
  const until = async (path: string, pattern: RegExp): Promise<Answer> => {
    for (;;) {
      const answer = await get(path);
      if (pattern.test(answer.text)) return answer;
    }
  };
  return { ...exporter, url, get, until };
}

/** Stops it. @returns how it ended. */
export async function stopExporter({ process, ended }: Command): Promise<Awaited<Command['ended']>> {
  process.kill('SIGTERM');
  return ended;
}
