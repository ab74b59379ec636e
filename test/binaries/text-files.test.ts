import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadIdentity } from 'tentacle-protocol';
import { chooseProxy, passphraseFrom, type ParsedOptions } from 'tentacle-protocol/cli';
import { readDocuments } from '../../packages/ping/src/compare/read-file.js';
import { listTargets } from '../../packages/ping/src/measurements/targets/list-targets.js';
import { readTargetFile } from '../../packages/ping/src/measurements/targets/read-target-file.js';
import { readRecordFile } from '../../packages/ping/src/remote-records/read-record-file.js';
import { createPemPair } from '../../packages/protocol/src/identity/identity.js';
import { command, home } from './command.js';
import { ENCODINGS } from './encodings.js';

/** With a character whose bytes differ in every encoding. */
const SECRET = 'pässword 7f3a';
const THUMBPRINT = 'AB'.repeat(20);
let pem = '';

const file = (bytes: Buffer): string => {
  const path = join(home, 'text-file');
  writeFileSync(path, bytes);
  return path;
};
const options = (values: Readonly<Record<string, string>>): ParsedOptions => ({
  flag: () => false,
  value: (name) => values[name],
  all: () => [],
});

beforeAll(async () => {
  const { cert, key } = await createPemPair({ commonName: 'x' });
  pem = key + cert;
});

describe.each(ENCODINGS)('a text file as written by %s', (_, encode) => {
  it('of a passphrase', async () => {
    expect(await passphraseFrom(file(encode(`${SECRET}\n`)), {})).toBe(SECRET);
  });

  it("of a proxy's password", async () => {
    const parsed = options({ proxy: 'me@proxy:3128', 'proxy-password-file': file(encode(`${SECRET}\n`)) });
    const { proxy } = await chooseProxy(parsed, { host: 'web01', port: 1 }, { env: {} });
    expect(proxy?.password?.reveal()).toBe(SECRET);
  });

  it('of targets', async () => {
    const text = await readTargetFile(file(encode(`web01:1 ${THUMBPRINT}\nbücher\n`)));
    expect(listTargets([], { name: 'f', text })).toEqual([
      { host: 'web01', port: 1, thumbprint: THUMBPRINT },
      { host: 'bücher', port: 10933 },
    ]);
  });

  it('of a certificate with its key', async () => {
    const identity = await loadIdentity({ certFile: file(encode(pem)) });
    expect(identity.thumbprint).toHaveLength(40);
  });

  it('of a report', async () => {
    const { schema } = await readDocuments(file(encode('{"schema":"tentacle-ping/report/1","name":"ü"}\n')));
    expect(schema).toBe('tentacle-ping/report/1');
  });
});

it.each(ENCODINGS.filter(([by]) => !by.includes('UTF32')))('records as written by %s', async (_, encode) => {
  const header = { schema: 'tentacle-pong/records/1', tool: { version: '1' }, startedAt: '2026-01-01T00:00:00.000Z' };
  expect(await readRecordFile(file(encode(`${JSON.stringify(header)}\n`)))).toMatchObject({ kind: 'pong' });
});

it('a file that is not text is rejected without its contents', async () => {
  const secret = Buffer.concat([Buffer.from('3082', 'hex'), Buffer.from('canary\0canary'), Buffer.alloc(9)]);
  for (const read of [readTargetFile, readDocuments, (path: string) => passphraseFrom(path, {})]) {
    await expect(read(file(secret))).rejects.toThrow(/is not a text file/);
    await expect(read(file(secret))).rejects.not.toThrow(/canary/);
  }
});

const openssl = spawnSync('openssl', ['version']).status === 0 || process.env['CI'] === 'true';

describe.skipIf(!openssl)(`a PFX${openssl ? '' : ' (skipped: needs openssl)'}`, () => {
  const pfx = join(home, 'powershell.pfx');
  const passphrase = join(home, 'powershell.txt');
  beforeAll(() => {
    writeFileSync(join(home, 'powershell.pem'), pem);
    // openssl takes a passphrase as bytes, and a PFX as UTF-16: here they agree only for ASCII.
    execFileSync('openssl', ['pkcs12', '-export', '-in', 'powershell.pem', '-out', pfx, '-passout', 'pass:secret 7'], {
      cwd: home,
    });
    writeFileSync(passphrase, Buffer.from('\ufeffsecret 7\r\n', 'utf16le'));
  });

  it.each([
    ['ping', ['localhost:1', '-c', '1'], 1],
    ['pong', ['--port', '0', '--deadline', '1ms'], 0],
  ] as const)('is opened by %s with the passphrase in a file that PowerShell wrote', async (name, args, expected) => {
    const { status, stderr } = await command(name, [...args, '--pfx', pfx, '--passphrase-file', passphrase]).ended;
    expect({ status, stderr }).toEqual({ status: expected, stderr: '' });
  });
});
