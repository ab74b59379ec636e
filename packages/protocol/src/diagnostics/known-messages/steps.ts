import type { End, Ends } from '../ends.js';
import { listenerCommand, sameCommand, SERVER_LOG, TENTACLE_LOG, tentacleCommand } from '../product-commands.js';
import type { Actor, Step } from '../step.js';
import type { MessageFacts } from './known-message.js';
import { endsOfOrigin } from './log-origin.js';

/** Default ports of Octopus: a listening Tentacle, the server for polling Tentacles, the server for gRPC. */
export const TENTACLE_PORT = '10933';
export const POLLING_PORT = '10943';
export const GRPC_PORT = '8443';

/** The port of a stand-in that runs beside the end that it replaces. */
const STAND_IN_PORT: Readonly<Record<End['product'], string>> = { tentacle: '10934', server: '10944' };

/** The part of an end that does not depend on whether it connects or listens. */
type ProductEnd = Omit<End, 'isListener' | 'standIn'>;

/** The ends of the connection in the message; undefined where the message does not show which end wrote it. */
export function endsIn({ origin }: MessageFacts): Ends | undefined {
  return endsOfOrigin(origin);
}

/** The end that accepts the connection. */
export function listenerIn(seen: MessageFacts): End | undefined {
  const ends = endsIn(seen);
  return ends?.here.isListener === true ? ends.here : ends?.there;
}

/** The end that opens the connection. */
export function connectorIn(seen: MessageFacts): End | undefined {
  const ends = endsIn(seen);
  return ends?.here.isListener === false ? ends.here : ends?.there;
}

/** The end that wrote the message, without what depends on the direction; also where only its product is known. */
export function writerIn({ origin }: MessageFacts): ProductEnd | undefined {
  return endsOfOrigin({ mode: 'listening', ...origin })?.here;
}

/** The same of the other end. */
export function peerIn({ origin }: MessageFacts): ProductEnd | undefined {
  return endsOfOrigin({ mode: 'listening', ...origin })?.there;
}

/** Who administers the end that wrote the message. */
export function writerAdmin(seen: MessageFacts): Actor {
  return writerIn(seen)?.administrator ?? 'you';
}

/** The port of the end that accepts the connection; undefined where neither the message nor the direction shows it. */
export function portIn(seen: MessageFacts): string | undefined {
  return seen.port ?? webPort(seen) ?? listenerIn(seen)?.defaultPort.toString();
}

function webPort({ origin }: MessageFacts): string | undefined {
  if (origin?.carries === 'rest') return '443';
  return origin?.carries === 'grpc' ? GRPC_PORT : undefined;
}

/** Host of the end that accepts the connection, or its placeholder. */
export function hostIn(seen: MessageFacts): string {
  if (seen.host !== undefined) return seen.host;
  if (webPort(seen) !== undefined) return 'OCTOPUS-SERVER';
  const listener = listenerIn(seen);
  if (listener === undefined) return 'HOST';
  return listener.product === 'tentacle' ? 'TENTACLE' : 'OCTOPUS-SERVER';
}

/**
 * Address of the end that accepts the connection, with placeholders for what the message does not show.
 * @param usualPort for a message that is always about that port.
 */
export function target(seen: MessageFacts, usualPort?: string): string {
  if (usualPort === undefined) return `${hostIn(seen)}:${portIn(seen) ?? 'PORT'}`;
  const placeholder = usualPort === TENTACLE_PORT ? 'TENTACLE' : 'OCTOPUS-SERVER';
  return `${seen.host ?? placeholder}:${seen.port ?? usualPort}`;
}

/** A sentence that explains the placeholders of `target`, where the direction is unknown; empty otherwise. */
export function aboutTarget(seen: MessageFacts): string {
  if (listenerIn(seen) !== undefined || portIn(seen) !== undefined) return '';
  return ' HOST:PORT is the address in the message or in the settings: a listening Tentacle (10933), or the Octopus Server for a polling Tentacle (10943).';
}

/** What diagnose reports about a handshake. */
export const REPORTS_TLS =
  'It reports the TLS versions, cipher suites and certificate of the other end, and the stage that fails.';

const EACH_STAGE = 'It tests each stage separately and names the one that fails.';

/** Where to start a test of the connection in the message, as an adverb. */
export function whereItConnects(seen: MessageFacts): string {
  const connector = connectorIn(seen);
  if (connector !== undefined) return `on ${connector.host}`;
  return seen.origin?.direction === 'incoming'
    ? 'on the host of the client'
    : 'on the machine that logged this message';
}

/**
 * The step that separates most causes.
 * @param why a sentence: what diagnose reports about this message.
 * @param where the machine to run it on: by default, that of the end that connects.
 */
export function diagnose(seen: MessageFacts, why = EACH_STAGE, where = whereItConnects(seen)): Step {
  const pin = seen.expectedThumbprint === undefined ? '' : ` --thumbprint ${seen.expectedThumbprint}`;
  return {
    who: 'you',
    action: `Run diagnose ${where}. ${why}${aboutTarget(seen)}`,
    ...sameCommand(`tentacle-ping diagnose ${target(seen)}${pin}`),
  };
}

/** The same step from the host of a polling Tentacle to the server. */
export function diagnoseServer(seen: MessageFacts, why = EACH_STAGE, where = "on the Tentacle's host"): Step {
  return {
    who: 'you',
    action: `Run diagnose ${where} against the Octopus Server. ${why}`,
    ...sameCommand(`tentacle-ping diagnose ${target(seen, POLLING_PORT)}`),
  };
}

/** The same step through the proxy that the message names. */
export function diagnoseThroughProxy(seen: MessageFacts, why: string): Step {
  const proxy = `http://${seen.proxyHost ?? 'PROXY'}:${seen.proxyPort ?? '3128'}`;
  return {
    who: 'you',
    action: `Run diagnose through the same proxy ${whereItConnects(seen)}. ${why}${aboutTarget(seen)}`,
    ...sameCommand(`tentacle-ping diagnose ${target(seen)} --proxy ${proxy}`),
  };
}

/** Address of a stand-in beside the end that accepts the connection. */
function standInTarget(seen: MessageFacts): string {
  return `${hostIn(seen)}:${STAND_IN_PORT[listenerIn(seen)?.product ?? 'tentacle']}`;
}

/** The host on which a stand-in for the listening end is started. */
function listenerHost(seen: MessageFacts): string {
  return listenerIn(seen)?.host ?? 'the host that accepts the connection';
}

/** Tests idle connections for as long as devices usually remember them, and longer. */
export function idleProbe(seen: MessageFacts): Step {
  const address = standInTarget(seen);
  return {
    who: 'you',
    action: `Start tentacle-pong --port ${portOf(address)} on ${listenerHost(seen)}, and test ${whereItConnects(seen)} how long idle connections survive. A device that closes or forgets them is found within 15 minutes, with its idle timeout.`,
    ...sameCommand(`tentacle-ping ${address} --idle`),
  };
}

/** Same host, other process: a failure that remains is the network's. */
export function pong(seen: MessageFacts): Step {
  const address = standInTarget(seen);
  const name = listenerIn(seen)?.name ?? 'the service there';
  return {
    who: 'you',
    action: `Start tentacle-pong --port ${portOf(address)} on ${listenerHost(seen)} and ping it ${whereItConnects(seen)}. If the same failure appears, the network is at fault; if none appears, ${name} is.`,
    ...sameCommand(`tentacle-ping ${address} --count 20`),
  };
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

/** Whether a process listens on the port of the refusing host. */
export function whoListens(seen: MessageFacts): Step {
  const listener = listenerIn(seen);
  const port = portIn(seen) ?? 'PORT';
  const host = listener === undefined ? `${seen.host ?? 'the host'} that refused the connection` : listener.host;
  return {
    who: listener?.administrator ?? 'you',
    action: `Check whether a process is listening on port ${port} of ${host}. If none is, start the service or correct the port.`,
    ...listenerCommand(port),
  };
}

/** The firewall rule that the connection needs. */
export function openPort(seen: MessageFacts): Step {
  const [from, to] = [connectorIn(seen), listenerIn(seen)];
  const path = from === undefined || to === undefined ? '' : ` from ${from.host} to ${to.host}`;
  const port = portIn(seen) ?? 'of the address in the message';
  return {
    who: 'network-team',
    action: `Allow TCP ${port}${path}. That concerns every firewall and cloud security group on the path, and the host's own firewall.`,
  };
}

/** For devices that read or change traffic that should pass unchanged. */
export const passThrough: Step = {
  who: 'network-team',
  action:
    'Find the proxy, load balancer or inspecting device in between. Let this connection pass through it unchanged, TLS included, or exempt it from inspection.',
};

/** The log of the other end, where the message does not show which end that is. */
export const otherLog: Step = {
  who: 'you',
  action:
    'Read the log of the other end for the same second. For a message of the Octopus Server that is OctopusTentacle.txt on the Tentacle; for a message of a Tentacle it is OctopusServer.txt on the server.',
  windows: `${TENTACLE_LOG.windows}\n${SERVER_LOG.windows}`,
  linux: TENTACLE_LOG.linux,
};

/** The log of the other end. @param look a sentence: what to look for in it. */
export function readOtherLog(seen: MessageFacts, look = ''): Step {
  const there = peerIn(seen);
  const more = look === '' ? '' : ` ${look}`;
  if (there === undefined) return { ...otherLog, action: `${otherLog.action}${more}` };
  const { name, where, rejection: _, ...commands } = there.log;
  return {
    who: there.administrator,
    action: `Read ${name}${where === undefined ? '' : ` (${where})`} for the same second.${more}`,
    ...commands,
  };
}

/** Compares the thumbprint in the message with the Tentacle's own. */
export const showThumbprint: Step = {
  who: 'tentacle-admin',
  action: "Compare that thumbprint with the one shown on the Tentacle's host.",
  ...tentacleCommand('show-thumbprint'),
};

export const enableTls12: Step = {
  who: 'tentacle-admin',
  action:
    'Enable on both hosts: TLS 1.2, ECDHE-RSA with AES-GCM, the group secp256r1, and SHA-256 signatures. On Windows Server 2012 R2, use the group policy "SSL Cipher Suite Order"; the command needs Server 2016 or later.',
  windows: 'Get-TlsCipherSuite',
  linux: 'openssl ciphers -v\ncat /etc/ssl/openssl.cnf',
};

/** Restarts the service of the other end if it is hung. */
export function restartIfHung(seen: MessageFacts): Step {
  const there = peerIn(seen);
  if (there === undefined)
    return {
      who: 'you',
      action: 'Check whether the service at the other end is hung or overloaded. If it is, restart it.',
    };
  return {
    who: there.administrator,
    action: `Check whether ${there.name} is hung or overloaded. If it is, restart it.`,
    ...there.serviceRestart,
  };
}

export const ignore: Step = {
  who: 'you',
  action: 'If deployments and health checks work, ignore this message.',
};
