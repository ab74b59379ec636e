import { createConnection, createServer, type Socket } from 'node:net';
import type { RelayJob } from './network.js';

/*
 * A relay in user space, because the machines that run the tests have no kernel module for delay and loss.
 * relay.js '{"to":10933,"delayMs":50}' prints "ready PORT".
 */

const job = JSON.parse(process.argv[2] ?? '') as RelayJob;

/** With more bytes than this in transit in one direction the sender waits, so that memory stays bounded. */
const MAX_IN_TRANSIT = 1_000_000;

const NOTHING = Buffer.alloc(0);

let connections = 0;

const server = createServer({ noDelay: true }, (connector) => {
  connector.on('error', () => undefined);
  if (job.swallow === true) {
    connector.resume();
    return;
  }
  const cut = ++connections % (job.cut?.every ?? 1) === 0 ? job.cut : undefined;
  if (cut?.afterBytes === 0) {
    setTimeout(() => end(connector, cut.how), cut.afterMs ?? 0);
    return;
  }
  const listener = createConnection({ host: job.toHost ?? '127.0.0.1', port: job.to, noDelay: true });
  listener.on('error', () => void connector.destroy());
  let isCut = false;
  forward('connector', connector, listener, (total, chunk) => {
    if (isCut) return NOTHING;
    if (cut === undefined || total < cut.afterBytes) return chunk;
    isCut = true;
    setTimeout(() => {
      end(connector, cut.how);
      end(listener, cut.how);
    }, cut.afterMs ?? 0);
    return cut.isExact === true ? chunk.subarray(0, chunk.length - (total - cut.afterBytes)) : NOTHING;
  });
  forward('listener', listener, connector, (_total, chunk) => chunk);
});
server.listen({ port: job.port ?? 0, host: '::' }, () => {
  process.stdout.write(`ready ${(server.address() as { port: number }).port}\n`);
});

function end(socket: Socket, how: 'reset' | 'close'): void {
  if (how === 'reset') socket.resetAndDestroy();
  else socket.end();
}

/** Forwards one direction, each chunk when it is due and never before an earlier chunk. */
function forward(
  from: 'connector' | 'listener',
  source: Socket,
  sink: Socket,
  forwarded: (total: number, chunk: Buffer) => Buffer,
): void {
  let total = 0;
  let lastDue = 0;
  let inTransitBytes = 0;
  const queue: { work: () => void; bytes: number }[] = [];
  // Timers with equal times may fire in any order; the queue keeps the order of the chunks.
  const next = (): void => {
    const { work, bytes } = queue.shift() ?? { work: () => undefined, bytes: 0 };
    inTransitBytes -= bytes;
    if (inTransitBytes <= MAX_IN_TRANSIT) source.resume();
    if (!sink.destroyed) work();
  };
  const schedule = (due: number, work: () => void, bytes: number): void => {
    lastDue = Math.max(lastDue, due);
    inTransitBytes += bytes;
    if (inTransitBytes > MAX_IN_TRANSIT) source.pause();
    queue.push({ work, bytes });
    setTimeout(next, Math.max(0, lastDue - Date.now()));
  };
  source.on('data', (received: Buffer) => {
    const before = total;
    total += received.length;
    const { corrupt, drip } = job;
    if (corrupt?.from === from && corrupt.atByte >= before && corrupt.atByte < total) {
      const at = corrupt.atByte - before;
      received.writeUInt8(received.readUInt8(at) ^ 0x20, at);
    }
    const chunk = forwarded(total, received);
    if (chunk.length === 0) return;
    if (drip === undefined || from === 'connector' || before >= (drip.firstBytes ?? Number.POSITIVE_INFINITY)) {
      schedule(Date.now() + delay(), () => void sink.write(chunk), chunk.length);
      return;
    }
    for (let at = 0; at < chunk.length; at += drip.bytes) {
      const due = Math.max(lastDue, Date.now()) + drip.everyMs;
      schedule(
        due,
        () => void sink.write(chunk.subarray(at, at + drip.bytes)),
        Math.min(drip.bytes, chunk.length - at),
      );
    }
  });
  source.on('end', () => schedule(Date.now() + (job.delayMs ?? 0), () => void sink.end(), 0));
  source.on('error', () => undefined);
  source.on('close', () => schedule(Date.now() + (job.delayMs ?? 0), () => sink.destroySoon(), 0));
}

function delay(): number {
  const { delayMs = 0, jitterMs = 0, loss } = job;
  const lost = loss !== undefined && Math.random() * 100 < loss.percent ? loss.stepMs : 0;
  return delayMs + Math.random() * jitterMs + lost;
}
