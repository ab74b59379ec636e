import { once } from 'node:events';
import { createConnection } from 'node:net';
import { Worker } from 'node:worker_threads';

/*
 * A listener whose process hangs: the operating system keeps accepting connections until its queue is full.
 * tcp-listener.js '{"backlog":1,"fill":true,"port":0}' prints "ready PORT".
 */

export interface ListenerJob {
  readonly backlog: number;
  /** Fills its queue, so that the next connection gets no reply. */
  readonly fill: boolean;
  readonly port?: number;
}

const job = JSON.parse(process.argv[2] ?? '') as ListenerJob;

/** Runs in its own thread, which can block. */
const LISTENER = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const server = createServer(() => undefined);
server.listen({ port: workerData.port ?? 0, host: '0.0.0.0', backlog: workerData.backlog }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

const worker = new Worker(LISTENER, { eval: true, workerData: job });
const [port] = (await once(worker, 'message')) as [number];
// Linux accepts one connection more than the backlog.
for (let filler = 0; job.fill && filler <= job.backlog; filler++) {
  await once(createConnection({ host: '127.0.0.1', port }), 'connect');
}
process.stdout.write(`ready ${port}\n`);
