import { dnsTcpLogLines } from './dns-tcp.js';
import { generalLogLines } from './general.js';
import { localLogLines } from './local.js';
import type { LogLine } from './log-line.js';
import { proxyLogLines } from './proxy.js';
import { rpcDataIdlePollLogLines } from './rpc-data-idle-poll.js';
import { tlsLogLines } from './tls.js';
import { trustIdentityLogLines } from './trust-identity.js';

/**
 * Every known message, specific before general: the first row that matches a message is the result. A wrapper that is
 * more specific than the message inside it (a refused proxy) precedes it; a less specific one is last.
 */
const rows = [
  ...proxyLogLines,
  ...trustIdentityLogLines,
  ...rpcDataIdlePollLogLines,
  ...tlsLogLines,
  ...localLogLines,
  ...dnsTcpLogLines,
  ...generalLogLines,
];

/** The ids, derived from the table: there is no other list of them. */
export type LogLineId = (typeof rows)[number]['id'];

export const logLines: readonly LogLine<LogLineId>[] = rows;

/** Index of the first general row: common endings, and wrappers of another message, which are not specific alone. */
export const FIRST_GENERAL_RANK = rows.length - generalLogLines.length;

export function logLineOf(id: string): LogLine<LogLineId> | undefined {
  return logLines.find((row) => row.id === id);
}
