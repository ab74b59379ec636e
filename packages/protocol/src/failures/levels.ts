/** How far a run got, from nothing to round trips, and why not further. Words for reports; the keys are API. */
export const LEVELS_MEASURED = {
  none: { measured: 'nothing', why: 'not one step worked' },
  dns: { measured: 'the name only', why: 'it resolved, and no TCP connection came about' },
  tcp: { measured: 'TCP connections only', why: 'the port accepted, and TLS was not completed' },
  'proxy-leg': { measured: 'connections to the proxy only', why: 'the proxy accepted, and gave no tunnel' },
  tunnel: { measured: 'tunnels through the proxy only', why: 'the proxy opened them, and TLS was not completed' },
  tls: { measured: 'TLS handshakes', why: 'nothing beyond TLS was asked for, or nothing beyond it worked' },
  page: {
    measured: 'TLS handshakes and the page',
    why: 'the peer shows its page to everybody, and closed after our identity, so no call was possible',
  },
  identity: { measured: 'the exchange of identities', why: 'no call was asked for, or none was answered' },
  capabilities: {
    measured: 'round trips of GetCapabilities',
    why: 'the peer is a real Tentacle that trusts us, and this is the one call that changes nothing there',
  },
  original: {
    measured: 'round trips of the page of the original TentaclePong',
    why: 'the peer is the original TentaclePong, which answers 10 KiB to everything and knows nothing of Halibut',
  },
  echo: { measured: 'round trips of the echo', why: 'the peer is tentacle-pong, which gives back what it gets' },
  'page-upload': {
    measured: 'uploads within a request for the page, which came',
    why: 'what answers is no tentacle-pong and has no service for data that leaves it as it was',
  },
  transfer: {
    measured: 'data, compared byte for byte by the end that received it',
    why: 'the peer is tentacle-pong, which takes and gives any amount of it',
  },
} as const;

export type MeasuredLevel = keyof typeof LEVELS_MEASURED;
