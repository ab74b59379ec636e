import { parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import { measureIdleTimeout } from '../../packages/ping/src/measurements/idle/measure-idle.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { testIdentity } from '../identities.js';
import { servicePeer } from '../peers/service-peer.js';
import { CAPABILITIES, responseBytes, type ServiceConnection } from '../peers/service-connection.js';

const own = await testIdentity('Octopus Server');

/** Runs an idle search in this process, against a port of this process. */
export async function searchInProcess(port: number, ...options: readonly string[]): Promise<Report> {
  const command = await parseArguments(PING, [`127.0.0.1:${port}`, ...options]);
  if (command.kind !== 'run') throw new Error('these arguments start no run');
  const plan = parseRunOptions(command.positionals, command.options);
  const { mode } = plan;
  if (mode.kind !== 'idle') throw new Error('--idle is missing');
  return measureIdleTimeout({
    options: { ...plan, mode },
    identity: own,
    version: '0.0.0',
    onProgress: () => undefined,
    stop: new AbortController().signal,
  });
}

/** What a peer does after some time without a call: at once, or at the next call. */
export interface IdleBehavior {
  readonly idleMs: number;
  readonly atOnce?: (connection: ServiceConnection) => unknown;
  readonly atNext?: (connection: ServiceConnection) => unknown;
}

/** Starts a Tentacle with this behavior. */
export async function tentacleThat({ idleMs, atOnce, atNext }: IdleBehavior): Promise<{ readonly port: number }> {
  return servicePeer(async (connection) => {
    for (;;) {
      await connection.send(responseBytes(await connection.readRequest(), CAPABILITIES));
      const state = { isIdle: false };
      const timer = setTimeout(() => {
        state.isIdle = true;
        atOnce?.(connection);
      }, idleMs);
      const line = await connection.readLine();
      clearTimeout(timer);
      if (line !== 'NEXT') break;
      if (state.isIdle && atNext !== undefined) {
        atNext(connection);
        return;
      }
      await connection.send('PROCEED\r\n');
    }
    connection.socket.end();
  });
}
