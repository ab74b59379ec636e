import { createConnection, createServer, type Socket } from 'node:net';
import type { RelayJob } from './network.js';

/*
 * A relay in user space, because the machines that run the tests have no kernel module for delay and loss.
 * relay.js '{"to":10933,"delayMs":50}' prints "ready PORT".
 */

const job = JSON.parse(process.argv[2] ?? '') as RelayJob;

/** With more bytes than this in transit in one direction the sender waits, so that memory stays bounded. */
const MAX_IN_TRANSIT = 1_000_000;

const server = createServer({ noDelay: true }, (connector) => {
  connector.on('error', () => undefined);
  if (job.swallow === true) {
    connector.resume();
    return;
  }
  const { cut } = job;
  if (cut?.afterBytes === 0) {
    setTimeout(() => end(connector, cut.how), cut.afterMs ?? 0);
    return;
  }
  const listener = createConnection({ host: job.toHost ?? '127.0.0.1', port: job.to, noDelay: true });
  listener.on('error', () => void connector.destroy());
  forward('connector', connector, listener, (total) => {
    if (cut === undefined || total < cut.afterBytes) return true;
    setTimeout(() => {
      end(connector, cut.how);
      listener.destroy();
    }, cut.afterMs ?? 0);
    return false;
  });
  forward('listener', listener, connector, () => true);
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
  shouldForward: (total: number) => boolean,
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
  source.on('data', (chunk: Buffer) => {
    const before = total;
    total += chunk.length;
    const { corrupt, drip } = job;
    if (corrupt?.from === from && corrupt.atByte >= before && corrupt.atByte < total) {
      const at = corrupt.atByte - before;
      chunk.writeUInt8(chunk.readUInt8(at) ^ 0x20, at);
    }
    if (!shouldForward(total)) return;
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
