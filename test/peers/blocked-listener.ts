import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Runs in its own thread, which can block, while the operating system keeps accepting connections. */
const LISTENER = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const state = new Int32Array(workerData.state);
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.resetAndDestroy();
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  if (workerData.blocks) Atomics.wait(state, 0, 0);
});`;

/** Starts a listener that hangs, so that its queue is full after two connections. */
export async function hungListener(): Promise<{ port: number }> {
  const { port, state } = await listener(true);
  onTestFinished(() => {
    Atomics.store(state, 0, 1);
    Atomics.notify(state, 0);
  });
  return { port };
}

/** Starts a listener that resets every connection; `waitForReset` blocks this thread until it has done so. */
export async function resettingListener(): Promise<{ port: number; waitForReset: () => void }> {
  const { port, state } = await listener(false);
  return { port, waitForReset: () => void Atomics.wait(state, 0, 0, 20_000) };
}

async function listener(blocks: boolean): Promise<{ port: number; state: Int32Array }> {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(LISTENER, { eval: true, workerData: { state: state.buffer, blocks } });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const [port] = (await once(worker, 'message')) as [number];
  return { port, state };
}
