import type { EndedConnectionRecord } from 'tentacle-protocol/diagnostics';

/** The record of a connection that was served, with parts replaced. */
export function endedRecord(change: Partial<EndedConnectionRecord>): EndedConnectionRecord {
  return {
    connectionId: '00000000-0000-0000-0000-000000000000',
    startedAt: '2026-01-01T00:00:00.000Z',
    address: '192.0.2.7',
    port: 50123,
    localAddress: '192.0.2.10',
    localPort: 10933,
    ending: 'served',
    closedBy: 'local',
    durationUs: 1500,
    bytesIn: 0,
    bytesOut: 0,
    calls: {},
    ...change,
  };
}
