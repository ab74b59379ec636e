import { benchProgram, type Running, serve } from '../bench/processes.js';

/** Starts a tentacle-pong for all addresses of this host: only such a listener accepts connections to 127.0.x.y. */
export async function startListener(env: NodeJS.ProcessEnv): Promise<Running> {
  const pong = benchProgram('../../../packages/pong/bin/tentacle-pong.js');
  return serve([...pong, '--port', '0', '--bind', '0.0.0.0', '--json', '--log-level', 'warn'], env, /"port":(\d+)/);
}

/** Starts a `tentacle-ping serve` on a free port. */
export async function startExporter(env: NodeJS.ProcessEnv): Promise<Running> {
  return serve(
    [...benchProgram('../../../packages/ping/bin/tentacle-ping.js'), 'serve', '--port', '0'],
    env,
    /:(\d+)\//,
  );
}
