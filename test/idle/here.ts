import { parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import { measureIdleTimeout } from '../../packages/ping/src/measurements/idle/measure-idle.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { testIdentity } from '../identities.js';
import { servicePeer } from '../peers/service-peer.js';
import { CAPABILITIES, responseBytes, type Talk } from '../peers/talk.js';

const own = await testIdentity('Octopus Server');

/** Climb the idle ladder from this process, to a port of this process. */
export async function climbedHere(port: number, ...options: readonly string[]): Promise<Report> {
  const command = await parseArguments(PING, [`127.0.0.1:${port}`, ...options]);
  if (command.kind !== 'run') throw new Error('no arguments of a run');
  const plan = parseRunOptions(command.positionals, command.options);
  const { mode } = plan;
  if (mode.kind !== 'idle') throw new Error('no --idle');
  return measureIdleTimeout({
    options: { ...plan, mode },
    identity: own,
    version: '0.0.0',
    onProgress: () => undefined,
    stop: new AbortController().signal,
  });
}

/** What a peer does when nobody has called for a while: at once, or at the next call. */
export interface Habit {
  readonly idleMs: number;
  readonly atOnce?: (talk: Talk) => unknown;
  readonly atNext?: (talk: Talk) => unknown;
}

/** A Tentacle with such a habit. */
export async function tentacleWith({ idleMs, atOnce, atNext }: Habit): Promise<{ readonly port: number }> {
  return servicePeer(async (talk) => {
    for (;;) {
      await talk.say(responseBytes(await talk.request(), CAPABILITIES));
      const state = { isIdle: false };
      const timer = setTimeout(() => {
        state.isIdle = true;
        atOnce?.(talk);
      }, idleMs);
      const line = await talk.line();
      clearTimeout(timer);
      if (line !== 'NEXT') break;
      if (state.isIdle && atNext !== undefined) {
        atNext(talk);
        return;
      }
      await talk.say('PROCEED\r\n');
    }
    talk.socket.end();
  });
}
