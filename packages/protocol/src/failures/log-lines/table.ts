import { dnsTcpLogLines } from './dns-tcp.js';
import { generalLogLines } from './general.js';
import { localLogLines } from './local.js';
import type { LogLine } from './log-line.js';
import { proxyLogLines } from './proxy.js';
import { rpcDataIdlePollLogLines } from './rpc-data-idle-poll.js';
import { tlsLogLines } from './tls.js';
import { trustIdentityLogLines } from './trust-identity.js';

/**
 * Every known message, specific before general: the first row that fits a message is the answer. What wraps another
 * message and says more than that (a proxy that is refused) comes before it; what says less comes last.
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

/** The ids, made from the table: there is no other list of them. */
export type LogLineId = (typeof rows)[number]['id'];

export const logLines: readonly LogLine<LogLineId>[] = rows;

/** From this place on rows say little by themselves: common endings, and wrappings of another message. */
export const FIRST_GENERAL_RANK = rows.length - generalLogLines.length;

export function logLineOf(id: string): LogLine<LogLineId> | undefined {
  return logLines.find((row) => row.id === id);
}
