import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** How often a named pipe without a writer is looked at: a person does not notice the delay. */
const WRITER_CHECK_MS = 100;

/** A pipe that the shell opened for its own command, as in `explain <(kubectl logs ...)`: it has had its writer. */
const OPENED_BY_SHELL = /^\/(?:dev|proc\/self)\/fd\//;

/**
 * Reads a named pipe to its end. It is opened without waiting for a writer, because that wait happens in the system, where
 * neither Ctrl+C nor the end of the process can stop it.
 * @throws the system's error.
 */
export async function* readPipe(path: string): AsyncGenerator<Uint8Array> {
  for (let hasData = false; ; ) {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd: descriptor, readable: true, writable: false });
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      hasData = true;
      yield chunk;
    }
    if (hasData || OPENED_BY_SHELL.test(path)) return;
    await setTimeout(WRITER_CHECK_MS);
  }
}
