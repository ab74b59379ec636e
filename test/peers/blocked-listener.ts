import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Runs in its own thread, which can block, while the operating system keeps accepting connections. */
const LISTENER = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const word = new Int32Array(workerData.word);
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.resetAndDestroy();
  Atomics.store(word, 0, 1);
  Atomics.notify(word, 0);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  if (workerData.blocks) Atomics.wait(word, 0, 0);
});`;

/** Starts a listener that hangs, so that its queue is full after two connections. */
export async function hungListener(): Promise<{ port: number }> {
  const { port, word } = await listener(true);
  onTestFinished(() => {
    Atomics.store(word, 0, 1);
    Atomics.notify(word, 0);
  });
  return { port };
}

/** Starts a listener that resets every connection; `waitForReset` blocks this thread until it has done so. */
export async function resettingListener(): Promise<{ port: number; waitForReset: () => void }> {
  const { port, word } = await listener(false);
  return { port, waitForReset: () => void Atomics.wait(word, 0, 0, 20_000) };
}

async function listener(blocks: boolean): Promise<{ port: number; word: Int32Array }> {
  const word = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(LISTENER, { eval: true, workerData: { word: word.buffer, blocks } });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const [port] = (await once(worker, 'message')) as [number];
  return { port, word };
}
