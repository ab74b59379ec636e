import { WireError } from 'tentacle-protocol';
import { type ConnectionRecord, readConnectionRecord, UntrustedObject } from 'tentacle-protocol/diagnostics';
import type { ConnectionsReport } from '../../pages/connections-page.js';
import type { JsonObject } from './complete-report.js';

/** The connections that a file of tentacle-pong's `--record` holds. Lines that are incomplete are left out and counted. */
export function readPongRecords(documents: readonly JsonObject[]): ConnectionsReport {
  const header = new UntrustedObject('record file', documents[0]);
  const connections: ConnectionRecord[] = [];
  let unreadable = 0;
  for (const document of documents) {
    if (document['record'] === undefined) {
      if (!isFrame(document)) unreadable++;
      continue;
    }
    try {
      connections.push(readConnectionRecord(document['record']));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      unreadable++;
    }
  }
  return {
    version: header.object('tool').text('version'),
    startedAt: header.moment('startedAt'),
    port: header.count('port'),
    connections,
    unreadable,
  };
}

/** The first and the last line of a run. */
function isFrame(document: JsonObject): boolean {
  return document['schema'] !== undefined || document['summary'] !== undefined;
}
