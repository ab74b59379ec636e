import { brokenHandshakeMessages } from './broken-handshakes.js';
import { cancelledMessages } from './cancelled.js';
import { connectionResetMessages } from './connection-reset.js';
import { dnsTcpMessages } from './dns-tcp.js';
import { downloadAndPodMessages } from './downloads-and-pods.js';
import { generalMessages } from './general.js';
import { hostFileMessages } from './host-files.js';
import { hostProgramMessages } from './host-programs.js';
import { kubernetesMessages } from './kubernetes.js';
import { legacyTentacleMessages } from './legacy-tentacle.js';
import { localMessages } from './local.js';
import type { KnownMessage } from './known-message.js';
import { oldWordingMessages } from './old-wordings.js';
import { ownCertificateMessages } from './own-certificate.js';
import { ownTestMessages } from './own-tests.js';
import { proxyMessages } from './proxy.js';
import { redisQueueMessages } from './redis-queue.js';
import { registrationCheckMessages } from './registration-check.js';
import { restApiMessages } from './rest-api.js';
import { callAndDataMessages } from './calls-and-data.js';
import { idleMessages } from './idle.js';
import { pollingMessages } from './polling.js';
import { scriptMessages } from './script.js';
import { serverRequestMessages } from './server-requests.js';
import { sshTargetMessages } from './ssh-target.js';
import { tentacleCommandMessages } from './tentacle-commands.js';
import { tlsCertificateAndRecordMessages } from './tls-certificates-and-records.js';
import { tlsParameterMessages } from './tls-parameters.js';
import { identityMessages } from './identity.js';
import { trustMessages } from './trust.js';
import { trustSettingMessages } from './trust-settings.js';

/**
 * Every known message, specific before general: the first row that matches a message is the result. A wrapper that is
 * more specific than the message inside it (a refused proxy) precedes it; a less specific one is last.
 */
const specificRows = [
  ...downloadAndPodMessages,
  ...scriptMessages,
  ...sshTargetMessages,
  ...serverRequestMessages,
  ...hostProgramMessages,
  ...ownTestMessages,
  ...registrationCheckMessages,
  ...proxyMessages,
  ...legacyTentacleMessages,
  ...tentacleCommandMessages,
  ...trustMessages,
  ...identityMessages,
  ...trustSettingMessages,
  ...redisQueueMessages,
  ...pollingMessages,
  ...idleMessages,
  ...callAndDataMessages,
  ...kubernetesMessages,
  ...oldWordingMessages,
  ...connectionResetMessages,
  ...tlsParameterMessages,
  ...tlsCertificateAndRecordMessages,
  ...brokenHandshakeMessages,
  ...ownCertificateMessages,
  ...localMessages,
  ...hostFileMessages,
  ...dnsTcpMessages,
  ...restApiMessages,
];

const rows = [...specificRows, ...generalMessages, ...cancelledMessages];

/** The ids, derived from the table: no other list of them exists. */
export type KnownMessageId = (typeof rows)[number]['id'];

export const knownMessages: readonly KnownMessage<KnownMessageId>[] = rows;

/** Index of the first general row: common endings, and wrappers of another message, which are not specific alone. */
export const FIRST_GENERAL_RANK = specificRows.length;

export function knownMessage(id: string): KnownMessage<KnownMessageId> | undefined {
  return knownMessages.find((row) => row.id === id);
}
