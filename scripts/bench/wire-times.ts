import { missing } from './machine.js';
import { run, serve } from './processes.js';
import type { Row } from './row.js';
import { spreadOf } from './spread.js';
import { type PingReport, type Pong, type BenchEnvironment } from './bench-environment.js';

const ATTEMPTS = 1000;
/** Without pauses: after a pause, a processor that sleeps takes 100 us to wake up, for any measurement. */
const INTERVAL = '0';

/** The fields of one packet that are used. */
interface Packet {
  readonly atUs: number;
  readonly fromPong: boolean;
  readonly payloadBytes: number;
}

/** Compares ping's times of two stages with the packets on the loopback by tshark's clock, which is the kernel's. */
export async function wireTimes(bench: BenchEnvironment): Promise<Row[]> {
  const about = { measurement: '3', unit: 'us', against: 'packets, by tshark', target: 'within 40 us' };
  const noTshark = missing('tshark', '--version');
  if (noTshark !== undefined) return [{ ...about, what: 'p50 of tcp and rpc', notMeasured: noTshark }];
  const pong = await bench.pong('--log-level', 'warn');
  const rounds: { readonly report: PingReport; readonly streams: Packet[][] }[] = [];
  for (let round = 0; round < bench.rounds; round++) rounds.push(await captured(bench, pong, `wire-${round}.pcap`));
  await pong.stop();
  const row = (stage: string, what: string, spanUs: (packets: readonly Packet[]) => number | undefined): Row => {
    const measured = rounds.map(({ report }) => report.stages[stage]?.p50Us ?? Number.NaN);
    const wire = rounds.map(({ streams }) => p50(streams.map(spanUs).filter((span) => span !== undefined)));
    return {
      ...about,
      what,
      measured: spreadOf(measured),
      reference: spreadOf(wire),
      difference: spreadOf(measured.map((us, i) => us - (wire[i] ?? Number.NaN))),
    };
  };
  return [
    row('tcp', 'tcp stage, p50 (SYN to SYN with ACK)', connectingUs),
    row('rpc', 'rpc stage, p50 (request to response)', answeringUs),
  ];
}

async function captured(bench: BenchEnvironment, pong: Pong, file: string) {
  const path = bench.file(file);
  const capture = ['tshark', '-q', '-i', 'lo', '-f', `tcp port ${pong.port}`, '-w', path];
  const tshark = await serve(capture, bench.env, /Capture started/);
  const args = ['--interval', INTERVAL, '--count', String(ATTEMPTS)];
  const report = await bench.ping(`127.0.0.1:${pong.port}`, ...args);
  await tshark.stop();
  const fields = ['frame.time_epoch', 'tcp.stream', 'tcp.srcport', 'tcp.len'].flatMap((name) => ['-e', name]);
  const { stdout } = await run(['tshark', '-r', path, '-T', 'fields', ...fields], bench.env);
  return { report, streams: streamsOf(stdout, pong.port) };
}

/** Groups tshark's lines by connection. */
function streamsOf(lines: string, pongPort: number): Packet[][] {
  const streams: Packet[][] = [];
  for (const line of lines.split('\n')) {
    const [time = '', stream = '', port = '', length = ''] = line.split('\t');
    if (length === '') continue;
    // The epoch in microseconds, without its fractions, still fits a safe integer.
    const packet = { atUs: Number(time) * 1e6, fromPong: Number(port) === pongPort, payloadBytes: Number(length) };
    (streams[Number(stream)] ??= []).push(packet);
  }
  return streams;
}

/** Returns the time from the first packet to pong's first packet. */
function connectingUs(packets: readonly Packet[]): number | undefined {
  const answer = packets.find(({ fromPong }) => fromPong);
  return answer && answer.atUs - (packets[0]?.atUs ?? Number.NaN);
}

/** Returns the time between the request and pong's response, which is its last packet before ping sends END. */
function answeringUs(packets: readonly Packet[]): number | undefined {
  const payloads = packets.filter(({ payloadBytes }) => payloadBytes > 0);
  const response = payloads.findLastIndex(({ fromPong }, i) => fromPong && payloads[i + 1]?.fromPong === false);
  const request = payloads.slice(0, Math.max(response, 0)).findLast(({ fromPong }) => !fromPong);
  return request && (payloads[response]?.atUs ?? Number.NaN) - request.atUs;
}

function p50(values: readonly number[]): number {
  return spreadOf(values).median;
}
