import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import type fc from 'fast-check';
import { describeConnection, getCapabilities } from '../../packages/protocol/src/services/contracts.js';
import { identifyProtocol } from '../../packages/protocol/src/diagnostics/identify-protocol.js';
import { identifyAppliance } from '../../packages/protocol/src/diagnostics/fingerprints.js';
import { findKnownMessage } from '../../packages/protocol/src/diagnostics/known-messages/find-known-message.js';
import type { BsonObject } from '../../packages/protocol/src/halibut/bson-value.js';
import { DataStreamRef } from '../../packages/protocol/src/halibut/bson-value.js';
import { decodeBson, encodeBson } from '../../packages/protocol/src/halibut/bson.js';
import { ByteReader, type ReadRequest } from '../../packages/protocol/src/halibut/byte-reader.js';
import { readControl } from '../../packages/protocol/src/halibut/control.js';
import { discardDataStream } from '../../packages/protocol/src/halibut/data-stream.js';
import { readIdentity } from '../../packages/protocol/src/halibut/identity-line.js';
import {
  encodeNullMessage,
  encodeRequest,
  encodeResponse,
  noMatchingOverloadError,
  readMessage,
} from '../../packages/protocol/src/halibut/messages.js';
import { readPreamble } from '../../packages/protocol/src/halibut/preamble.js';
import { parseHttpResponse } from '../../packages/protocol/src/http/http-response.js';
import { clientCertificateOn, identifyPage } from '../../packages/protocol/src/http/landing-page.js';
import { isLegacyPingRequest, isLegacyPongResponse } from '../../packages/protocol/src/http/legacy-tentacle-ping.js';
import {
  headLength,
  octopusReadsProxyResponse,
  parseProxyResponse,
} from '../../packages/protocol/src/http/proxy-response.js';
import { describeCertificate } from '../../packages/protocol/src/identity/certificate.js';
import { loadIdentity } from '../../packages/protocol/src/identity/load-identity.js';
import { records } from '../../packages/protocol/src/services/records-contract.js';
import { Deadline } from '../../packages/protocol/src/time/clock.js';
import { compare } from '../../packages/ping/src/compare/compare-reports.js';
import { comparisonText } from '../../packages/ping/src/output/comparison-text.js';
import { parseReport } from '../../packages/ping/src/compare/parse-report.js';
import { PRINTED_REPORT } from '../../packages/ping/src/compare/report-fixture.test.support.js';
import { readDocuments } from '../../packages/ping/src/compare/read-file.js';
import { explainStream } from '../../packages/ping/src/explain/explain-stream.js';
import { listTargets } from '../../packages/ping/src/measurements/targets/list-targets.js';
import { compareFiles } from '../../packages/ping/src/remote-records/compare-files.js';
import { readRecordFile } from '../../packages/ping/src/remote-records/read-record-file.js';
import { loadCapture, type Side } from '../captures/load-capture.js';
import { mutatedObject } from './object-mutation.js';
import { pemOf, testIdentity } from '../identities.js';
import type { FuzzTarget } from './target.js';

/** Far longer than any decoder takes; what has arrived has arrived, so none waits for it. */
const readRequest = (): ReadRequest => ({ purpose: 'an input', deadline: Deadline.inMs(60_000) });

/** All bytes at once, and the end behind them. */
function source(bytes: Buffer): ByteReader {
  const reader = new ByteReader();
  reader.push(bytes);
  reader.end();
  return reader;
}

/** What one side sent in a recording. */
function recorded(name: string, side: Side): Buffer {
  return Buffer.concat(loadCapture(name).flatMap(({ from, bytes }) => (from === side && bytes ? [bytes] : [])));
}

const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'));

const STREAM = new DataStreamRef('11111111-1111-1111-1111-111111111111', 5);
const STREAM_BYTES = Buffer.concat([
  Buffer.alloc(16, 0x11),
  Buffer.from('0500000000000000', 'hex'),
  Buffer.from('hello'),
  Buffer.from('0500000000000000', 'hex'),
]);

const REQUEST = encodeRequest({
  id: 'IService::Do[1] / 637d712a-dbd5-431c-a1b2-0123456789ab',
  activityId: '637d712a-dbd5-431c-a1b2-0123456789ab',
  service: 'IService',
  method: 'Do',
  params: ['text', 1, 2n, true, null, Buffer.of(1, 2), [1, 'a'], { $type: 'T, A', a: new Date(0) }, STREAM],
});
const RESPONSE = encodeResponse({
  id: 'x',
  error: noMatchingOverloadError(['Int64 Add(Int64, Int64)'], [1, 'a']),
  result: { SupportedCapabilities: ['IScriptService'] },
});
const MESSAGES = [REQUEST, RESPONSE, encodeNullMessage()];

const VIEW: BsonObject = {
  connectionId: 'c',
  address: '192.0.2.7',
  port: 1,
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  clientThumbprint: null,
  pongVersion: '0.1.0',
  idleLimitMs: 1,
};
const RECORD: BsonObject = {
  connectionId: 'c',
  startedAt: '2026-01-31T12:00:00.000Z',
  durationUs: 1n,
  bytesIn: 1n,
  bytesOut: 1n,
  address: '192.0.2.7',
  port: 1,
  localAddress: '192.0.2.10',
  localPort: 1,
  calls: { 'IPong.Echo': 1n },
  firstBytes: { hex: '1603', text: '..', totalBytes: 2 },
  ending: 'served',
  closedBy: 'remote',
};
const RECORDS: BsonObject = {
  pongVersion: '0.1.0',
  now: '2026-01-31T12:00:00.000Z',
  completeFrom: '2026-01-31T12:00:00.000Z',
  largestAcceptBatch: 1,
  withheld: 0,
  records: [RECORD],
};

const CAPABILITIES: BsonObject = { SupportedCapabilities: ['IScriptService', 'IFileTransferService'] };

/** Results of a call that differ from one that is as it should be. */
function asResults(seed: BsonObject): fc.Arbitrary<Buffer> {
  return mutatedObject(seed).map((result) => encodeBson({ result: result as BsonObject }));
}

/** Decodes the value of one member, as a call's result is. */
function resultOf(bytes: Buffer): BsonObject[string] {
  return decodeBson(bytes).document['result'] ?? null;
}

const PAGE = text(
  'HTTP/1.1 403 Forbidden',
  'Server: squid/5.7',
  'X-Squid-Error: ERR_ACCESS_DENIED 0',
  '',
  '<html><head><title>Denied</title></head><p>no</p>',
);
const PROXY_PAGE = text(
  'HTTP/1.0 407 Proxy Authentication Required',
  'Proxy-Authenticate: Basic realm="x"',
  'Proxy-Authenticate: NTLM',
  '',
  '',
);
const LOG = text(
  '2026-01-31 12:00:00.1234      7  ERROR  https://tentacle.example:10933/  7  Unexpected exception executing transaction.',
  "Halibut.HalibutClientException: An error occurred when sending a request to 'https://tentacle.example:10933/', before the request could begin: Connection refused",
  '   at Halibut.Transport.SecureClient.ExecuteTransaction()',
  'System.Net.Sockets.SocketException (111): Connection refused',
  '12:00:01   Error    |       The remote script failed with exit code 1',
  'December 4th 2023 10:30:47Error',
);
/** A file of pong's records: when it began, a connection, and what it had seen when it ended. */
const PONG_FILE = [
  { schema: 'tentacle-pong/records/1', tool: { version: '0.1.0' }, startedAt: '2026-01-31T11:00:00.000Z' },
  {
    record: {
      connectionId: 'c',
      activityId: '637d712a-dbd5-431c-a1b2-0123456789ab',
      startedAt: '2026-01-31T12:00:00.000Z',
      durationUs: 1000,
      bytesIn: 1,
      bytesOut: 1,
      address: '192.0.2.7',
      port: 50_000,
      localAddress: '192.0.2.10',
      localPort: 10933,
      tlsVersion: 'TLSv1.3',
      clientThumbprint: 'A'.repeat(40),
      firstBytes: { hex: '1603', text: '..' },
      ending: 'tls.reset',
      closedBy: 'remote-reset',
      calls: { 'ITentaclePongService.Echo': 1 },
    },
  },
  {
    summary: {
      endedAt: '2026-01-31T13:00:00.000Z',
      connections: { largestAcceptBatch: 1 },
      listener: {
        platform: 'linux',
        from: '2026-01-31T11:00:00.000Z',
        to: '2026-01-31T13:00:00.000Z',
        countsDrops: true,
        peakConnections: 1,
        events: [
          { from: '2026-01-31T11:59:00.000Z', to: '2026-01-31T12:01:00.000Z', stalledUs: 1, listenOverflows: 2 },
        ],
      },
    },
  },
];
/** A file of ping's records, of the same time. */
const PING_FILE = [
  {
    schema: 'tentacle-ping/records/1',
    target: { host: 'web01', port: 10933 },
    throughProxy: false,
    ownThumbprint: 'A'.repeat(40),
  },
  {
    record: {
      number: 1,
      startedAt: '2026-01-31T12:00:00.000Z',
      outcome: 'tls.reset',
      address: '192.0.2.10',
      localAddress: '192.0.2.7',
      localPort: 50_000,
      stages: [{ stage: 'tcp', durationUs: 500 }],
      totalUs: 1000,
      reused: false,
      failure: { id: 'tls.reset', shownAt: 'tls', evidence: { code: 'ECONNRESET', elapsedUs: 500, receivedBytes: 0 } },
    },
  },
];

/** The lines of a file. */
function asFileText(lines: object): Buffer {
  return Buffer.concat(Object.values(lines).map((line: object | null) => asJson(line ?? {})));
}

/** One line of JSON; an int64 becomes a number, as it would be in a file. */
function asJson(value: object): Buffer {
  const text = JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item));
  return Buffer.from(`${text}\n`);
}

const identity = await testIdentity('Octopus Tentacle');
const { cert, key } = pemOf(identity);
const PEM = Buffer.from(cert + key);

/** The input as a file, for readers that take a path. */
async function asFile<T>(bytes: Buffer, read: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const path = join(folder, 'input');
    writeFileSync(path, bytes);
    return await read(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function recordsIn(bytes: Buffer): Promise<Awaited<ReturnType<typeof readRecordFile>>> {
  return asFile(bytes, readRecordFile);
}

/** The failures that a comparison of files is about. */
function idsOf(value: unknown): unknown {
  return Array.isArray(value) ? value.map((finding: { readonly id?: unknown }) => finding.id) : value;
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}

/** Every decoder that reads bytes of a peer, a proxy, or a file. */
export const targets: readonly FuzzTarget[] = [
  {
    name: 'preamble',
    seeds: [text('MX', '', 'MX-CLIENT 1.0', '', ''), text('GET / HTTP/1.1', 'Host: x', '', ''), text('HELLO', '', '')],
    decode: (bytes) => readPreamble(source(bytes), { ...readRequest(), silenceMs: 60_000, maxBytes: 32_768 }),
    errors: ['WireError'],
  },
  {
    name: 'identity',
    seeds: [text('MX-SERVER 1.0', '', ''), text('MX-SUBSCRIBER 1.0 poll://abc/', '', ''), PAGE],
    decode: (bytes) => readIdentity(source(bytes), readRequest(), ['MX-SERVER', 'MX-SUBSCRIBER']),
    errors: ['WireError'],
  },
  {
    name: 'control',
    seeds: [text('NEXT', ''), text('PROCEED', ''), text('END', '')],
    decode: (bytes) => readControl(source(bytes), readRequest()),
    errors: ['WireError'],
  },
  {
    name: 'message',
    seeds: [
      ...MESSAGES,
      recorded('listening-add', 'connector').subarray(24),
      recorded('listening-exception', 'listener'),
    ],
    decode: (bytes) => readMessage(source(bytes), readRequest(), { maxInflatedBytes: 100_000, maxValues: 4096 }),
    errors: ['WireError'],
  },
  {
    name: 'BSON',
    seeds: MESSAGES.map((bytes) => inflateRawSync(bytes)),
    decode: (bytes) => {
      const { document } = decodeBson(bytes, 'an input', 4096);
      return encodeBson(document);
    },
    errors: ['WireError'],
  },
  {
    name: 'data stream',
    seeds: [STREAM_BYTES],
    decode: (bytes) => discardDataStream(source(bytes), STREAM, readRequest()),
    errors: ['WireError'],
  },
  {
    name: 'capabilities',
    seeds: [encodeBson({ result: CAPABILITIES })],
    variants: asResults(CAPABILITIES),
    decode: (bytes) => getCapabilities.readResult(resultOf(bytes)),
    errors: ['WireError'],
  },
  {
    name: 'connection view',
    seeds: [encodeBson({ result: VIEW })],
    variants: asResults(VIEW),
    decode: (bytes) => describeConnection.readResult(resultOf(bytes)),
    errors: ['WireError'],
  },
  {
    name: 'records',
    seeds: [encodeBson({ result: RECORDS })],
    variants: asResults(RECORDS),
    decode: (bytes) => records.readResult(resultOf(bytes)),
    errors: ['WireError'],
  },
  {
    name: 'page',
    seeds: [
      PAGE,
      text('HTTP/1.1 200 OK', '', '<html><body><p>Octopus Tentacle configured successfully</p></body></html>'),
    ],
    decode: (bytes) => {
      const response = parseHttpResponse(bytes);
      if (response !== undefined) identifyAppliance(response);
      clientCertificateOn(bytes.toString('latin1'));
      return [identifyPage(bytes), isLegacyPingRequest(bytes, false), isLegacyPongResponse(bytes)];
    },
    errors: [],
  },
  {
    name: "proxy's answer",
    seeds: [PROXY_PAGE, PAGE, text('HTTP/1.1 200 Connection established', '', '')],
    decode: (bytes) => [parseProxyResponse(bytes), headLength(bytes), octopusReadsProxyResponse(bytes)],
    errors: [],
  },
  {
    name: 'first bytes',
    seeds: [PAGE, text('SSH-2.0-OpenSSH_9.2p1', ''), Buffer.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3), Buffer.of(5, 255)],
    decode: (bytes) => identifyProtocol(bytes),
    errors: [],
  },
  {
    name: 'certificate',
    seeds: [identity.der, PEM],
    decode: (bytes) => describeCertificate(bytes),
    errors: ['CertificateError'],
    cost: 5,
  },
  {
    name: 'log',
    seeds: [LOG, Buffer.from(LOG.toString(), 'utf16le')],
    decode: async (bytes) => [await explainStream(once(bytes), 'errors'), findKnownMessage(bytes.toString())],
    errors: ['NotTextError'],
    cost: 5,
  },
  {
    name: 'targets',
    seeds: [text('# web', 'web01:10933', `db01 ${'A'.repeat(40)}`, '[2001:db8::1]:10933', '')],
    decode: (bytes) => listTargets([], { name: 'targets.txt', text: bytes.toString() }),
    errors: ['UsageError'],
  },
  {
    name: 'report',
    seeds: [asJson(PRINTED_REPORT)],
    variants: mutatedObject(PRINTED_REPORT).map(asJson),
    decode: async (bytes) =>
      asFile(bytes, async (path) => {
        const reports = (await readDocuments(path)).all.map((document) => parseReport(path, document));
        const other = parseReport('other', PRINTED_REPORT);
        return reports.map((report) =>
          comparisonText(compare('0', [other, report]), { width: 80, unicode: true }, { isVerbose: true }),
        );
      }),
    isWhole: (value) => Array.isArray(value) && value.length === 1,
    errors: ['UsageError', 'WireError'],
    cost: 20,
  },
  {
    name: 'record file of pong',
    seeds: [asFileText(PONG_FILE)],
    variants: mutatedObject(PONG_FILE).map(asFileText),
    decode: async (bytes) => {
      const [ping, pong] = await Promise.all([recordsIn(asFileText(PING_FILE)), recordsIn(bytes)]);
      return ping?.kind === 'ping' && pong?.kind === 'pong' ? compareFiles(ping, pong).failures : pong;
    },
    isWhole: (value) => isDeepStrictEqual(idsOf(value), ['tls.reset']),
    errors: ['UsageError', 'WireError'],
    cost: 20,
  },
  {
    name: 'record file of ping',
    seeds: [asFileText(PING_FILE)],
    variants: mutatedObject(PING_FILE).map(asFileText),
    decode: async (bytes) => {
      const [ping, pong] = await Promise.all([recordsIn(bytes), recordsIn(asFileText(PONG_FILE))]);
      return ping?.kind === 'ping' && pong?.kind === 'pong' ? compareFiles(ping, pong).failures : ping;
    },
    isWhole: (value) => isDeepStrictEqual(idsOf(value), ['tls.reset']),
    errors: ['UsageError', 'WireError'],
    cost: 20,
  },
  {
    name: 'identity file',
    seeds: [PEM],
    decode: async (bytes) => asFile(bytes, (pfxFile) => loadIdentity({ pfxFile })),
    errors: ['IdentityError'],
    cost: 100,
  },
];
