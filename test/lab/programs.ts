import { fileURLToPath } from 'node:url';

/** The folder with the built tests, from which helper programs are started. */
const BUILT = import.meta.url.includes('/test/dist/') ? '../' : '../dist/';

/** Returns the command that starts a built program of this folder. */
export function peerProgram(name: 'dns-responder' | 'relay' | 'tcp-listener'): string[] {
  return [process.execPath, fileURLToPath(new URL(`${BUILT}lab/${name}.js`, import.meta.url))];
}

/** Returns the path of tentacle-ping or tentacle-pong. */
export function binary(name: 'ping' | 'pong'): string {
  const root = import.meta.url.includes('/test/dist/') ? '../../../' : '../../';
  return fileURLToPath(new URL(`${root}packages/${name}/bin/tentacle-${name}.js`, import.meta.url));
}
