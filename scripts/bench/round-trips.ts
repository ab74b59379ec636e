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
import { benchProgram, run, serve } from './processes.js';
import type { Row } from './row.js';
import { compare } from './spread.js';
import { rateOf, type BenchEnvironment } from './bench-environment.js';

/** A few seconds each; one of them includes compiling both ends, which counts. */
const ROUND_TRIPS = 16_000;

/** The payload size of ping's echo. */
const PAYLOAD_BYTES = 56;

/** Measures sequential round trips on one connection against bare TLS with the same records. */
export async function roundTrips(bench: BenchEnvironment): Promise<Row[]> {
  const pong = await bench.pong('--log-level', 'warn');
  const target = `127.0.0.1:${pong.port}`;
  // Creates ping's identity, which the reference programs present too.
  await bench.ping(target, '--count', '1');
  const sizes = await recordSizes(pong.port, bench.identityFile());
  const bare = await serve(
    [...benchProgram('programs/bare-server.js'), bench.identityFile('pong'), ...sizes],
    bench.env,
    /port (\d+)/,
  );
  const measured = async (): Promise<number> =>
    rateOf(await bench.ping(target, '--reuse', '--interval', '0', '--count', String(ROUND_TRIPS)));
  const reference = async (): Promise<number> => {
    const [, port = ''] = bare.ready;
    const args = ['echo', port, bench.identityFile(), String(ROUND_TRIPS), ...sizes];
    const { stdout } = await run([...benchProgram('programs/bare-client.js'), ...args], bench.env);
    return bareRate(stdout);
  };
  const compared = await compare(bench.rounds, measured, reference);
  await Promise.all([pong.stop(), bare.stop()]);
  return [
    {
      measurement: '1',
      what: 'round trips with --reuse, closed loop',
      unit: '1/s',
      against: `bare TLS, records of ${sizes.join(', ')} bytes`,
      ...compared,
      target: '>= 0.6',
    },
  ];
}

/** Converts the output of the bare client to a rate. */
export function bareRate(stdout: string): number {
  const { count, spanUs } = JSON.parse(stdout) as { count: number; spanUs: number };
  return (count * 1_000_000) / spanUs;
}

/** Returns the record sizes of one round trip, the client's and pong's alternately: NEXT, PROCEED, request, response. */
async function recordSizes(port: number, pemFile: string): Promise<string[]> {
  const pem = readFileSync(pemFile, 'utf8');
  const deadline = Deadline.inMs(10_000);
  const trace = new ConnectionTrace({ host: '127.0.0.1', port, timeoutUs: deadline.spanUs });
  const plan = { host: '127.0.0.1', port, secureContext: createSecureContext({ cert: pem, key: pem }) };
  const channel = await openTlsConnection(plan, trace, deadline, new AbortController().signal);
  await exchangeIdentityAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline);
  const exchange = new ClientExchange(channel, 'listening', 1024 * 1024);
  const endpoint = {
    baseUri: `https://127.0.0.1:${port}/`,
    remoteThumbprint: trace.facts.peerCertificate?.thumbprint ?? '',
  };
  const { answer } = await call(exchange, echo, Buffer.alloc(PAYLOAD_BYTES), endpoint, deadline);
  channel.close();
  return ['NEXT\r\n'.length, 'PROCEED\r\n'.length, answer.requestBytes, answer.responseBytes].map(String);
}
