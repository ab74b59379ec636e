import type { ConnectionFacts } from '../../trace.js';
import type { Ends } from '../ends.js';
import { proxyUrl } from './proxy/shared.js';
import { hostAndPort } from '../wording.js';
import { sameCommand } from '../product-commands.js';
import { type Step } from '../step.js';

/** The name that TLS requested (SNI); undefined where none was, as TLS never requests an address. */
export function requestedServerName({ host, serverName = host }: ConnectionFacts): string | undefined {
  return serverName === '' || isAddress(serverName) ? undefined : serverName;
}

/** A name neither has a colon nor ends in a number. */
const isAddress = (host: string): boolean => host.includes(':') || /^\d+(\.\d+){3}$/.test(host);

/** What a router that rejects the name lacks, as a predicate: `does not know web01.example`. */
export function unknownServerName(facts: ConnectionFacts): string {
  const name = requestedServerName(facts);
  return name === undefined ? 'requires a name (SNI), and none was sent' : `does not know ${name}`;
}

/** A try with another server name, which takes a minute and needs no other team. */
export function tryAnotherServerName(facts: ConnectionFacts): Step {
  const name = requestedServerName(facts);
  const requested =
    name === undefined
      ? `TLS requested no name (SNI)${isAddress(facts.host) ? ', as always for an address' : ''}`
      : `TLS requested the name ${name} (SNI)`;
  const proxy = facts.proxy === undefined ? '' : ` --proxy ${proxyUrl(facts)}`;
  return {
    who: 'you',
    action: `If several Tentacles or sites share this address (usual on port 443), try the name by which their router knows the Tentacle. ${requested}. If another name works, enter it in the Tentacle's settings in Octopus.`,
    ...sameCommand(`tentacle-ping ${hostAndPort(facts)}${proxy} --servername NAME`),
  };
}

/**
 * Where several services share an address, the name in TLS decides which one answers. A listening Tentacle may share
 * any port; an Octopus Server shares its polling port with its web portal on 443 only.
 */
export function checkServerName(facts: ConnectionFacts, ends: Ends): Step[] {
  if (ends.there.product === 'server') return checkPollingName(facts, ends);
  return ends.there.isListener ? [tryAnotherServerName(facts)] : [];
}

/** Checks the name under which a Tentacle polls a server on port 443; no step for another port, or another peer. */
export function checkPollingName({ port }: ConnectionFacts, { here, there }: Ends): Step[] {
  if (there.product !== 'server' || port !== 443) return [];
  const { name, ...commands } = here.peerSettings;
  return [
    {
      who: here.administrator,
      action: `Check the host name in ${name}. On port 443, the server name in TLS (SNI) decides which service receives a connection. Use the name for polling (Octopus Cloud: polling.NAME.octopus.app), not the name of the web portal.`,
      ...commands,
    },
  ];
}
