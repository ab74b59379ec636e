/** How much of the path a run measured, and why not more. Text for reports; the keys are API. */
export const DEPTHS = {
  none: { measured: 'nothing', why: 'no step succeeded' },
  dns: { measured: 'the name only', why: 'the name resolved, but no TCP connection was established' },
  tcp: { measured: 'TCP connections only', why: 'the port accepted connections, but no TLS handshake completed' },
  'proxy-leg': {
    measured: 'connections to the proxy only',
    why: 'the proxy accepted connections, but opened no tunnel',
  },
  tunnel: {
    measured: 'tunnels through the proxy only',
    why: 'the proxy opened tunnels, but no TLS handshake completed',
  },
  tls: { measured: 'TLS handshakes', why: 'nothing beyond TLS was requested, or nothing beyond it succeeded' },
  page: {
    measured: 'TLS handshakes and the page',
    why: 'the peer shows its page to any client, but no identity exchange succeeded, so no call was possible',
  },
  identity: { measured: 'identity exchanges', why: 'no call was requested, or no call was answered' },
  capabilities: {
    measured: 'GetCapabilities round trips',
    why: 'the peer trusts your certificate, and this is the only call that changes nothing on a real Tentacle (tentacle-pong answers it, too)',
  },
  original: {
    measured: 'page round trips with the original TentaclePong',
    why: 'the peer is the original TentaclePong, which answers any request with 10 KiB and does not speak Halibut',
  },
  echo: { measured: 'echo round trips', why: 'the peer is tentacle-pong, which echoes requests' },
  'partial-transfer': {
    measured: 'echo round trips, and part of a data transfer',
    why: 'no data transfer was completed',
  },
  'page-upload': {
    measured: 'uploads within requests for the page, which were answered',
    why: 'the peer is not tentacle-pong and has no data service that leaves it unchanged',
  },
  transfer: {
    measured: 'data transfers, compared byte for byte by the receiving end',
    why: 'the peer is tentacle-pong, which accepts and sends data',
  },
} as const;

export type MeasurementDepth = keyof typeof DEPTHS;
