import type { PeerType } from '../report/peer.js';

/** What a peer is, for people. */
export const PEER_NAMES: Readonly<Record<PeerType, string>> = {
  tentacle: 'Tentacle',
  'octopus-server': 'Octopus Server',
  pong: 'tentacle-pong',
  ping: 'tentacle-ping listen',
  'legacy-pong': 'the original TentaclePong',
  halibut: 'Halibut listener',
  'octopus-portal': 'web portal of an Octopus Server',
  'web-server': 'web server or appliance',
  unknown: 'unknown',
};
