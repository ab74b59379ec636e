import type { ConnectionFacts } from '../trace.js';
import { hostAndPort, proxyUrl } from './proxy-sight.js';
import type { Step } from './row.js';

/** The name that TLS asked for (SNI); undefined: none, as an address is never asked for. */
export function nameAsked({ host, serverName = host }: ConnectionFacts): string | undefined {
  return serverName === '' || isAddress(serverName) ? undefined : serverName;
}

/** No name has a colon, nor ends in a number. */
const isAddress = (host: string): boolean => host.includes(':') || /^\d+(\.\d+){3}$/.test(host);

/** What a router that says so holds against the name: `does not know web01.example`. */
export function unknownName(facts: ConnectionFacts): string {
  const asked = nameAsked(facts);
  return asked === undefined ? 'wants a name (SNI), and none was asked for' : `does not know ${asked}`;
}

/** Where several share an address, the name in TLS decides who answers: tried in a minute, before others are asked. */
export function tryAnotherName(facts: ConnectionFacts): Step {
  const asked = nameAsked(facts);
  const seen =
    asked === undefined
      ? `TLS asked for no name (SNI)${isAddress(facts.host) ? ', as it never does with an address' : ''}. If several Tentacles or sites share this address (usual on port 443), a router there goes by the name`
      : `TLS asked for the name ${asked} (SNI). If several Tentacles or sites share this address (usual on port 443), a router there may not know it`;
  const proxy = facts.proxy === undefined ? '' : ` --proxy ${proxyUrl(facts)}`;
  const command = `tentacle-ping ${hostAndPort(facts)}${proxy} --servername NAME`;
  return {
    who: 'you',
    action: `${seen}: try the name under which it knows the Tentacle. Where that works, put that name into the Tentacle's settings in Octopus.`,
    windows: command,
    linux: command,
  };
}
