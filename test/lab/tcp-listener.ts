import { once } from 'node:events';
import { createConnection } from 'node:net';
import { Worker } from 'node:worker_threads';

/*
 * A listener whose process hangs, as in the field: the system goes on accepting in its place until its queue is full.
 * tcp-listener.js '{"backlog":1,"fill":true,"port":0}' prints "ready PORT".
 */

export interface ListenerJob {
  readonly backlog: number;
  /** Fill its queue, so that the next connection gets no answer. */
  readonly fill: boolean;
  readonly port?: number;
}

const job = JSON.parse(process.argv[2] ?? '') as ListenerJob;

/** In a thread of its own, which can block. */
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
// Linux takes one more than the backlog.
for (let filler = 0; job.fill && filler <= job.backlog; filler++) {
  await once(createConnection({ host: '127.0.0.1', port }), 'connect');
}
process.stdout.write(`ready ${port}\n`);
