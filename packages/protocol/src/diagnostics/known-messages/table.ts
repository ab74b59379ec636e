import { dnsTcpMessages } from './dns-tcp.js';
import { generalMessages } from './general.js';
import { localMessages } from './local.js';
import type { KnownMessage } from './known-message.js';
import { proxyMessages } from './proxy.js';
import { rpcDataIdlePollMessages } from './rpc-data-idle-poll.js';
import { tlsMessages } from './tls.js';
import { trustIdentityMessages } from './trust-identity.js';

/**
 * Every known message, specific before general: the first row that matches a message is the result. A wrapper that is
 * more specific than the message inside it (a refused proxy) precedes it; a less specific one is last.
 */
const rows = [
  ...proxyMessages,
  ...trustIdentityMessages,
  ...rpcDataIdlePollMessages,
  ...tlsMessages,
  ...localMessages,
  ...dnsTcpMessages,
  ...generalMessages,
];

/** The ids, derived from the table: no other list of them exists. */
export type KnownMessageId = (typeof rows)[number]['id'];

export const knownMessages: readonly KnownMessage<KnownMessageId>[] = rows;

/** Index of the first general row: common endings, and wrappers of another message, which are not specific alone. */
export const FIRST_GENERAL_RANK = rows.length - generalMessages.length;

export function knownMessage(id: string): KnownMessage<KnownMessageId> | undefined {
  return knownMessages.find((row) => row.id === id);
}
