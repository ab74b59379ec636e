import { fileURLToPath } from 'node:url';

/** The tests' folder as built: programs of ours that run as processes are started from there, whoever starts them. */
const BUILT = import.meta.url.includes('/test/dist/') ? '../' : '../dist/';

/** A program of this folder, as built: the command that starts it. */
export function peerProgram(name: 'dns-responder' | 'relay' | 'tcp-listener'): string[] {
  return [process.execPath, fileURLToPath(new URL(`${BUILT}lab/${name}.js`, import.meta.url))];
}

/** A binary of ours, as built. */
export function binary(name: 'ping' | 'pong'): string {
  const root = import.meta.url.includes('/test/dist/') ? '../../../' : '../../';
  return fileURLToPath(new URL(`${root}packages/${name}/bin/tentacle-${name}.js`, import.meta.url));
}
