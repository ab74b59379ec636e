import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { call, DataStreamRef, getCapabilities, readDataStream, type BsonValue } from 'tentacle-protocol';
import {
  download,
  echo,
  describeConnection,
  testData,
  TRANSFER_MAX_BYTES,
  upload,
} from 'tentacle-protocol/diagnostics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientIdentity, introduced, startPong, type TestClient, type TestPong } from '../testing/pong.test.support.js';

let pong: TestPong;
let client: TestClient;

beforeAll(async () => {
  pong = await startPong();
  client = await introduced(pong.port);
});

afterAll(async () => {
  await client.exchange.end(client.deadline);
  client.channel.close();
  const record = await pong.nextRecord();
  expect(record.ending).toBe('served');
  expect(record.calls).toMatchObject({ 'ITentaclePongService.Echo': 5, 'ICapabilitiesServiceV2.GetCapabilities': 1 });
  expect(pong.tally.calls['other']).toBe(7);
  await pong.stop();
});

/** Sends any call on the one connection, which must keep working after every call. */
async function ask(service: string, method: string, ...params: BsonValue[]) {
  await client.exchange.takeTurn(client.deadline);
  return (await client.exchange.request({ id: randomUUID(), service, method, params }, client.deadline)).response;
}

test('Echo returns its payload', async () => {
  const payload = randomBytes(100_000);
  const { exchange, endpoint, deadline } = client;
  expect((await call(exchange, echo, payload, endpoint, deadline)).result.equals(payload)).toBe(true);
  await exchange.takeTurn(deadline);
  expect((await call(exchange, echo, Buffer.alloc(0), endpoint, deadline)).result).toHaveLength(0);
});

/** Upload these bytes instead of the pattern. */
async function uploaded(...chunks: readonly Buffer[]) {
  const { exchange, endpoint, deadline } = client;
  await exchange.takeTurn(deadline);
  const stream = new DataStreamRef(
    randomUUID(),
    chunks.reduce((sum, { length }) => sum + length, 0),
  );
  const outgoing = { id: stream.id, lengthBytes: stream.lengthBytes, chunks };
  return (await call(exchange, upload, stream, endpoint, deadline, [outgoing])).result;
}

test.each([0, 1, 1_000_000])('Upload counts %i bytes, all as expected', async (bytes) => {
  expect(await uploaded(...testData(bytes))).toEqual({ bytes });
});

test('Upload reports the first byte that differs', async () => {
  const bytes = Buffer.concat([...testData(300_000)]);
  bytes[200_001] = 0xff;
  bytes[200_100] = 0xff;
  expect(await uploaded(bytes)).toEqual({ bytes: 300_000, differsAt: 200_001 });
});

test.each([0, 1, 251, 16_315, 1_000_003])('Download returns %i bytes of the pattern', async (length) => {
  const { exchange, endpoint, deadline, channel } = client;
  await exchange.takeTurn(deadline);
  const { result } = await call(exchange, download, BigInt(length), endpoint, deadline);
  const received: Buffer[] = [];
  for await (const piece of readDataStream(channel.source, result, { purpose: 'the download', deadline }))
    received.push(piece);
  const expected = Buffer.from(Uint8Array.from({ length }, (_, offset) => offset % 251));
  expect(createHash('sha256').update(Buffer.concat(received)).digest()).toEqual(
    createHash('sha256').update(expected).digest(),
  );
});

test.each([-1n, BigInt(TRANSFER_MAX_BYTES) + 1n])('Download rejects a size of %i bytes', async (length) => {
  const { error } = await ask('ITentaclePongService', 'Download', length);
  expect(error).toMatchObject({
    message: expect.stringMatching(`1099511627776.* ${length}$`) as string,
    halibutErrorType: null,
  });
  expect(error?.details).toMatch(/^System\.Reflection\.TargetInvocationException: /);
});

test('GetCapabilities returns an empty list, as a Tentacle without services encodes it', async () => {
  const { result, error } = await ask(getCapabilities.service, getCapabilities.method);
  expect(error).toBeNull();
  expect(result).toEqual({
    $type: 'Octopus.Tentacle.Contracts.Capabilities.CapabilitiesResponseV2, Octopus.Tentacle.Contracts',
    SupportedCapabilities: [],
  });
});

test('LookAtMe returns what is observed of the caller', async () => {
  const { exchange, endpoint, deadline } = client;
  await exchange.takeTurn(deadline);
  const { result } = await call(exchange, describeConnection, null, endpoint, deadline);
  expect(result).toMatchObject({
    address: '127.0.0.1',
    tlsVersion: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    clientThumbprint: (await clientIdentity()).thumbprint,
    pongVersion: '0.0.0-test',
  });
  expect(result.connectionId).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['IScriptService', 'StartScript', 'Service not found: IScriptService'],
  ['IScriptServiceV2', 'StartScript', 'Service not found: IScriptServiceV2'],
  ['IFileTransferService', 'UploadFile', 'Service not found: IFileTransferService'],
  ['IKubernetesScriptServiceV1', 'StartScript', 'Service not found: IKubernetesScriptServiceV1'],
  ['', '', 'Service not found: '],
  ['__proto__', 'toString', 'Service not found: __proto__'],
])('%s.%s: the service is not found', async (service, method, message) => {
  expect(await ask(service, method)).toMatchObject({
    result: null,
    error: { message, halibutErrorType: 'Halibut.Exceptions.ServiceNotFoundHalibutClientException' },
  });
});

test('a method that does not exist', async () => {
  expect((await ask('ITentaclePongService', 'toString')).error).toMatchObject({
    message: 'Method ITentaclePongService::toString not found',
    halibutErrorType: 'Halibut.Exceptions.MethodNotFoundHalibutClientException',
  });
});

test.each<[string, readonly BsonValue[]]>([
  ['Echo', []],
  ['Echo', ['text']],
  ['Echo', [Buffer.from('a'), Buffer.from('b')]],
  ['Upload', [5]],
  ['Download', ['many']],
  ['Download', [5]],
  ['LookAtMe', [null]],
  ['StopKeepAlive', [null]],
])('%s rejects other arguments', async (method, params) => {
  const { error } = await ask('ITentaclePongService', method, ...params);
  expect(error?.halibutErrorType).toBe('Halibut.Exceptions.AmbiguousMethodMatchHalibutClientException');
  expect(error?.message).toContain(`${method}(`);
});
