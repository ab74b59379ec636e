import { missing } from './machine.js';
import { benchProgram, run } from './processes.js';
import { bareRate } from './round-trips.js';
import type { Row } from './row.js';
import { compare } from './spread.js';
import { rateOf, type BenchEnvironment } from './bench-environment.js';

/** A few seconds each; the first of them includes compiling ping, which counts. */
const CONNECTIONS = 1500;

/** s_time accepts whole seconds, and continues to the end of the last one. */
const S_TIME_SECONDS = '1';

/** Measures new connections, each with a full handshake and a client certificate, one after the other. */
export async function connections(bench: BenchEnvironment): Promise<Row[]> {
  const pong = await bench.pong('--log-level', 'warn');
  const target = `127.0.0.1:${pong.port}`;
  await bench.ping(target, '--count', '1');
  const measured = async (): Promise<number> =>
    rateOf(await bench.ping(target, '--level', 'tls', '--interval', '0', '--count', String(CONNECTIONS)));
  const bareNode = async (): Promise<number> => {
    const args = ['handshakes', String(pong.port), bench.identityFile(), String(CONNECTIONS)];
    const { stdout } = await run([...benchProgram('programs/bare-client.js'), ...args], bench.env);
    return bareRate(stdout);
  };
  const about = { measurement: '2', what: 'new connections, client certificate', unit: '1/s', target: '>= 0.95' };
  const node: Row = { ...about, against: 'bare Node TLS', ...(await compare(bench.rounds, measured, bareNode)) };
  const noOpenssl = missing('openssl', 'version');
  const openssl: Row = {
    ...about,
    against: 'openssl s_time -new',
    ...(noOpenssl === undefined
      ? await compare(bench.rounds, measured, async () => openSslRate(bench, target))
      : { notMeasured: noOpenssl }),
  };
  await pong.stop();
  return [node, openssl];
}

async function openSslRate(bench: BenchEnvironment, target: string): Promise<number> {
  const pem = bench.identityFile();
  const args = ['s_time', '-new', '-connect', target, '-cert', pem, '-key', pem, '-time', S_TIME_SECONDS];
  const { stdout, wallUs } = await run(['openssl', ...args], bench.env);
  // Its own rate is per processor time; the count per whole second is used instead.
  const count = /(\d+) connections in \d+ real seconds/.exec(stdout)?.[1];
  if (count === undefined) throw new Error(`unexpected output of openssl s_time: ${stdout}`);
  return (Number(count) * 1_000_000) / wallUs;
}
