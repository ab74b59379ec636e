import { createConnection, createServer, type Socket } from 'node:net';
import type { RelayJob } from './network.js';

/*
 * A relay in user space: there is no kernel module for delay and loss on the machines that run the tests.
 * relay.js '{"to":10933,"delayMs":50}' prints "ready PORT".
 */

const job = JSON.parse(process.argv[2] ?? '') as RelayJob;

/** More than this under way in one direction, and the sender waits: memory stays bounded. */
const UNDER_WAY_MAX = 1_000_000;

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
  pass('connector', connector, listener, (total) => {
    if (cut === undefined || total < cut.afterBytes) return true;
    setTimeout(() => {
      end(connector, cut.how);
      listener.destroy();
    }, cut.afterMs ?? 0);
    return false;
  });
  pass('listener', listener, connector, () => true);
});
server.listen({ port: job.port ?? 0, host: '::' }, () => {
  process.stdout.write(`ready ${(server.address() as { port: number }).port}\n`);
});

function end(socket: Socket, how: 'reset' | 'close'): void {
  if (how === 'reset') socket.resetAndDestroy();
  else socket.end();
}

/** Pass one direction on, each chunk when it is due and never before the one that came before it. */
function pass(from: 'connector' | 'listener', source: Socket, sink: Socket, goesOn: (total: number) => boolean): void {
  let total = 0;
  let lastDue = 0;
  let underWay = 0;
  const queue: { work: () => void; bytes: number }[] = [];
  // Timers of one moment may fire in another order; what they take from the queue does not.
  const next = (): void => {
    const { work, bytes } = queue.shift() ?? { work: () => undefined, bytes: 0 };
    underWay -= bytes;
    if (underWay <= UNDER_WAY_MAX) source.resume();
    if (!sink.destroyed) work();
  };
  const give = (due: number, work: () => void, bytes: number): void => {
    lastDue = Math.max(lastDue, due);
    underWay += bytes;
    if (underWay > UNDER_WAY_MAX) source.pause();
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
    if (!goesOn(total)) return;
    if (drip === undefined || from === 'connector' || before >= (drip.firstBytes ?? Number.POSITIVE_INFINITY)) {
      give(Date.now() + lateness(), () => void sink.write(chunk), chunk.length);
      return;
    }
    for (let at = 0; at < chunk.length; at += drip.bytes) {
      const due = Math.max(lastDue, Date.now()) + drip.everyMs;
      give(due, () => void sink.write(chunk.subarray(at, at + drip.bytes)), Math.min(drip.bytes, chunk.length - at));
    }
  });
  source.on('end', () => give(Date.now() + (job.delayMs ?? 0), () => void sink.end(), 0));
  source.on('error', () => undefined);
  source.on('close', () => give(Date.now() + (job.delayMs ?? 0), () => sink.destroySoon(), 0));
}

function lateness(): number {
  const { delayMs = 0, jitterMs = 0, loss } = job;
  const lost = loss !== undefined && Math.random() * 100 < loss.percent ? loss.stepMs : 0;
  return delayMs + Math.random() * jitterMs + lost;
}
