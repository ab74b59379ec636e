/**
 * Many clients of pong in one process, built with the protocol package. Arguments: the port, the PEM file of their
 * certificate and key, the number of connections, and the number of round trips on each once all are open. Prints `open`
 * with the number of connections, then one line of JSON with the count and the time of all round trips. Without round
 * trips it keeps the connections open until a signal.
 */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import {
  call,
  ClientExchange,
  openTlsConnection,
  Deadline,
  exchangeIdentityAsConnector,
  ConnectionTrace,
} from 'tentacle-protocol';
import { echo } from 'tentacle-protocol/diagnostics';

const [portText = '', pemFile = '', count = '', roundTripsEach = '0'] = process.argv.slice(2);
const port = Number(portText);
const pem = readFileSync(pemFile, 'utf8');
const secureContext = createSecureContext({ cert: pem, key: pem });
const never = new AbortController().signal;

/** More concurrent handshakes would only slow each of them down. */
const OPENING_AT_A_TIME = 20;

/** Longer than the whole run. */
const DEADLINE_MS = 600_000;

const PAYLOAD = Buffer.alloc(56, 'x');

async function open(): Promise<() => Promise<void>> {
  const deadline = Deadline.inMs(DEADLINE_MS);
  const trace = new ConnectionTrace({ host: '127.0.0.1', port, timeoutUs: deadline.spanUs });
  const plan = { host: '127.0.0.1', port, secureContext };
  const channel = await openTlsConnection(plan, trace, deadline, never);
  await exchangeIdentityAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline);
  const exchange = new ClientExchange(channel, 'listening', 1024 * 1024);
  const remoteThumbprint = trace.facts.peerCertificate?.thumbprint ?? '';
  const endpoint = { baseUri: `https://127.0.0.1:${port}/`, remoteThumbprint };
  return async () => {
    for (let i = 0; i < Number(roundTripsEach); i++) {
      const by = Deadline.inMs(DEADLINE_MS);
      await exchange.takeTurn(by);
      await call(exchange, echo, PAYLOAD, endpoint, by);
    }
  };
}

const clients: (() => Promise<void>)[] = [];
while (clients.length < Number(count)) {
  const batch = Math.min(OPENING_AT_A_TIME, Number(count) - clients.length);
  clients.push(...(await Promise.all(Array.from({ length: batch }, open))));
}
process.stdout.write(`open ${clients.length}\n`);
if (Number(roundTripsEach) > 0) {
  const startedMs = performance.now();
  await Promise.all(clients.map(async (work) => work()));
  const spanUs = Math.round((performance.now() - startedMs) * 1000);
  process.stdout.write(`${JSON.stringify({ count: clients.length * Number(roundTripsEach), spanUs })}\n`);
  process.exit(0);
}
