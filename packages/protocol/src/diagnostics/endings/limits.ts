import type { InboundObservation } from '../inbound-observation.js';
import { EXAMPLE, count, defineEnding, program } from './ending.js';

/** How many it keeps: its limit, where the observation has it. */
function most({ limit }: InboundObservation, noun: string): string {
  return limit === undefined ? `as many ${noun}s as it may` : count(limit, noun);
}

/** Shows all connections of the port with their addresses. Only tentacle-pong has options for its limits. */
function findClients({ localPort }: InboundObservation): string {
  return `To see who has them, run "Get-NetTCPConnection -LocalPort ${localPort}" (Windows) or "ss -tn 'sport = :${localPort}'" (Linux) on this machine.`;
}

function raise(observation: InboundObservation, option: string): string {
  return observation.role === 'tentacle' ? ` To allow more, start tentacle-pong with --${option} N.` : '';
}

/** A tenth of the places is not for every address: then the limit is reached below its number. */
const KEPT = 'A tenth of the places is kept for addresses whose calls were answered before.';

const SHARED_ADDRESS = 'Clients behind one NAT, proxy or load balancer share an address.';

/** Endings of connections that were closed at accept, because a limit on connections was reached. */
export const limitEndings = [
  defineEnding({
    id: 'too-many-connections',
    level: 'warn',
    when: ({ code }) => code === 'TOO_MANY_CONNECTIONS',
    title: 'Connection limit reached, closed at once',
    means: (observation) =>
      `The connection from ${observation.address} found no place: ${program(observation)} keeps ${most(observation, 'connection')} open at most. ${KEPT} ${findClients(observation)}${raise(observation, 'max-connections')}`,
    example: { ...EXAMPLE, code: 'TOO_MANY_CONNECTIONS', limit: 10_000 },
  }),
  defineEnding({
    id: 'limit.connections-per-address',
    level: 'warn',
    when: ({ code }) => code === 'TOO_MANY_OF_ADDRESS',
    title: 'Connection limit of one address reached, closed at once',
    means: (observation) =>
      `${observation.address} has ${most(observation, 'open connection')}, and ${program(observation)} accepts no more from one address. Find out which program on that host opens connections and leaves them open. ${SHARED_ADDRESS}${raise(observation, 'max-connections-per-address')}`,
    example: { ...EXAMPLE, code: 'TOO_MANY_OF_ADDRESS', limit: 2000 },
  }),
  defineEnding({
    id: 'limit.unidentified',
    level: 'warn',
    when: ({ code }) => code === 'TOO_MANY_UNIDENTIFIED',
    title: 'Limit of unidentified connections reached, closed at once',
    means: (observation) =>
      `The connection from ${observation.address} found no place: ${program(observation)} keeps ${most(observation, 'connection')} open whose peer has not identified itself. ${KEPT} Either very many clients connect at the same time, or some connect and send nothing. ${findClients(observation)}${raise(observation, 'max-unidentified')}`,
    example: { ...EXAMPLE, code: 'TOO_MANY_UNIDENTIFIED', limit: 1000 },
  }),
  defineEnding({
    id: 'limit.unidentified-per-address',
    level: 'warn',
    when: ({ code }) => code === 'TOO_MANY_UNIDENTIFIED_OF_ADDRESS',
    title: "Limit of one address's unidentified connections reached",
    means: (observation) =>
      `${observation.address} has ${most(observation, 'open connection')} on which it has not identified itself, and ${program(observation)} accepts no more of these from one address. Find out which program on that host opens very many connections at the same time, or opens them and sends nothing. ${SHARED_ADDRESS}${raise(observation, 'max-unidentified-per-address')}`,
    example: { ...EXAMPLE, code: 'TOO_MANY_UNIDENTIFIED_OF_ADDRESS', limit: 250 },
  }),
];
