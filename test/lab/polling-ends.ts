import type { Component, Lab } from './lab.js';
import { binary } from './programs.js';

/** Starts `tentacle-ping listen` on a free port. @returns it and its port. */
export async function startListen(lab: Lab, args: readonly string[]): Promise<{ listen: Component; port: number }> {
  const command = [process.execPath, binary('ping'), 'listen', '0', '--bind', '127.0.0.1', '--json', ...args];
  const listen = lab.start(command, { XDG_CONFIG_HOME: lab.directory });
  const [, port] = await listen.printed(/on port (\d+)/);
  return { listen, port: Number(port) };
}

/** Starts `tentacle-pong --poll` of a port of this machine. */
export function startPoll(lab: Lab, port: number, args: readonly string[] = []): Component {
  const command = [process.execPath, binary('pong'), '--poll', `127.0.0.1:${port}`, '--json', ...args];
  return lab.start(command, { XDG_CONFIG_HOME: lab.directory });
}
