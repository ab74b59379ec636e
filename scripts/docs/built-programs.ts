import type { ProgramDefinition } from 'tentacle-protocol/cli';

/** A module of a program, as built. */
export async function built<Module>(path: string): Promise<Module> {
  return (await import(new URL(`../../../${path}`, import.meta.url).href)) as Module;
}

/** The definitions of both programs. */
export async function builtPrograms(): Promise<readonly [ping: ProgramDefinition, pong: ProgramDefinition]> {
  const ping = await built<typeof import('../../packages/ping/src/options/definitions.js')>(
    'packages/ping/dist/options/definitions.js',
  );
  const pong = await built<typeof import('../../packages/pong/src/options/definition.js')>(
    'packages/pong/dist/options/definition.js',
  );
  return [ping.PING, pong.PONG];
}
