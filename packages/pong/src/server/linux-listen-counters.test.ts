import { expect, test } from 'vitest';
import {
  hasFreeHandle,
  ListenCounterFiles,
  parseListenCounters,
  parseQueuedConnections,
} from './linux-listen-counters.js';

const NETSTAT = `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPHPHits
TcpExt: 3 80 91 14813419
IpExt: InNoRoutes ListenDrops
IpExt: 5 6
Tcp: ActiveOpens PassiveOpens
Tcp: 1 200
`;

test('the counters of dropped connections are read by their names', () => {
  expect(parseListenCounters(NETSTAT)).toEqual({ listenOverflows: 80, listenDrops: 91, passiveOpens: 200 });
});

test.skipIf(process.platform !== 'linux')('the counters of this system are read again and again, and only grow', () => {
  const files = new ListenCounterFiles();
  const [first, second] = [files.read(), files.read()];
  files.close();
  expect(second?.passiveOpens).toBeGreaterThanOrEqual(first?.passiveOpens ?? Number.NaN);
  expect(hasFreeHandle()).toBe(true);
});

test.each(['', 'TcpExt: ListenDrops\nTcpExt: 4\n', 'TcpExt: ListenOverflows ListenDrops\nTcpExt: 4\n', 'TcpExt:\n'])(
  'a system without them: %j',
  (text) => {
    expect(parseListenCounters(text)).toBeUndefined();
  },
);

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:2AB5 00000000:0000 0A 00000000:00000200 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:2AB5 0100007F:C001 01 00000000:00000007 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 0100007F:2AB6 00000000:0000 0A 00000000:00000009 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
`;
const TCP6 = `  sl  local_address rem_address st tx_queue rx_queue
   0: 00000000000000000000000000000000:2AB5 00000000000000000000000000000000:0000 0A 00000000:00000001 00:0 0 0
`;

test('the queue of a listening port is read, over IPv4 and IPv6, and no other socket is', () => {
  expect(parseQueuedConnections(TCP, 10933)).toBe(512);
  expect(parseQueuedConnections(`${TCP}\n${TCP6}`, 10933)).toBe(513);
  expect(parseQueuedConnections(TCP, 10935)).toBeUndefined();
  expect(parseQueuedConnections('', 10933)).toBeUndefined();
});
