import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttestationKey } from './attestation-key.js';
import { isOtherForm, readStatement, type Statement, STATEMENT_MAX_BYTES, writeStatement } from './statement.js';
import { anyStatement, STATEMENT } from './statement.test.support.js';

const GARBLED = { name: 'WireError', code: 'GARBLED' };

function reads(bytes: Uint8Array): Statement | undefined {
  try {
    return readStatement(bytes);
  } catch (error) {
    expect(error).toMatchObject(GARBLED);
    return undefined;
  }
}

describe('a statement', () => {
  it('has this form, to the byte', () => {
    expect(writeStatement({ ...STATEMENT, clientThumbprint: null, handshakeBound: false }).toString('latin1')).toBe(
      [
        'tentacle-pong-attestation 1',
        'nonce: 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
        'connection: 637d712a-dbd5-431c-a1b2-0123456789ab',
        'time: 2026-11-22T12:26:57.123Z',
        'pong-thumbprint: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        'client-thumbprint: none',
        'client-address: 192.0.2.7',
        'client-port: 51234',
        'pong-address: 192.0.2.10',
        'pong-port: 10933',
        'tls-version: TLSv1.3',
        'tls-suite: TLS_AES_256_GCM_SHA384',
        'handshake-bound: no',
        'keying-material: c0ffee0000000000000000000000000000000000000000000000000000000000',
        '',
      ].join('\n'),
    );
  });

  it('survives both ways, whatever it states', () => {
    fc.assert(
      fc.property(anyStatement, (statement) => {
        const bytes = writeStatement(statement);
        expect(readStatement(bytes)).toEqual(statement);
        expect(bytes.length).toBeLessThanOrEqual(STATEMENT_MAX_BYTES);
      }),
    );
  });

  it('fits its bound at its longest', () => {
    const address = 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255';
    const longest: Statement = {
      ...STATEMENT,
      clientAddress: address,
      pongAddress: address,
      pongPort: 65_535,
      cipher: 'X'.repeat(64),
    };
    expect(writeStatement(longest).length).toBe(656);
  });

  it('is nothing at all before its last byte has come, and nothing with one more', () => {
    const bytes = writeStatement(STATEMENT);
    for (let length = 0; length < bytes.length; length++) expect(reads(bytes.subarray(0, length))).toBeUndefined();
    expect(reads(bytes)).toEqual(STATEMENT);
    for (const more of ['\n', ' ', '\0', 'x', '\r\n']) {
      expect(reads(Buffer.concat([bytes, Buffer.from(more)]))).toBeUndefined();
    }
  });

  it('has one form only: whatever else can be read, is written so too', () => {
    const byteOf = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\n\r :.0aAfF19-TZ')));
    fc.assert(
      fc.property(
        anyStatement,
        fc.nat(),
        byteOf,
        fc.constantFrom('change', 'insert', 'remove'),
        (statement, at, byte, how) => {
          const whole = writeStatement(statement);
          const place = at % whole.length;
          const rest = how === 'insert' ? place : place + 1;
          const put = how === 'remove' ? [] : [byte];
          const bytes = Buffer.concat([whole.subarray(0, place), Buffer.from(put), whole.subarray(rest)]);
          const read = reads(bytes);
          if (read !== undefined) expect(writeStatement(read).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each<[string, (text: string) => string]>([
    ['lines in another order', (text) => text.replace(/(client-port.*\n)(pong-address.*\n)/, '$2$1')],
    ['a line twice', (text) => text.replace(/(client-port.*\n)/, '$1$1')],
    ['a line too few', (text) => text.replace(/client-port.*\n/, '')],
    ['lines as Windows ends them', (text) => text.replaceAll('\n', '\r\n')],
    ['a thumbprint in lower case', (text) => text.replace('AAAA', 'aaaa')],
    ['a nonce in upper case', (text) => text.replace('aabbccddeeff', 'AABBCCDDEEFF')],
    ['a port with a zero before it', (text) => text.replace('client-port: ', 'client-port: 0')],
    ['a port that there is not', (text) => text.replace('51234', '65536')],
    ['an address that is none', (text) => text.replace('192.0.2.7', '192.0.2.256')],
    ['an address with a zone', (text) => text.replace('192.0.2.7', 'fe80::1%eth0')],
    ['a day that there is not', (text) => text.replace('-11-22T', '-11-31T')],
    ['a name in place of an address', (text) => text.replace('192.0.2.10', 'tentacle')],
    ['a letter beyond ASCII', (text) => text.replace('TLS_AES', 'TLS_\u00c4ES')],
  ])('refuses %s', (_name, change) => {
    const text = writeStatement(STATEMENT).toString('latin1');
    expect(change(text)).not.toBe(text);
    expect(reads(Buffer.from(change(text), 'latin1'))).toBeUndefined();
  });

  it('refuses megabytes before it looks at them', () => {
    expect(reads(Buffer.alloc(10_000_000, 'tentacle-pong-attestation 1\n'))).toBeUndefined();
  });

  it.each<[string, Partial<Statement>]>([
    ['nonce', { nonce: 'no' }],
    ['client-address', { clientAddress: '' }],
    ['pong-port', { pongPort: 1.5 }],
    ['time', { time: 'now\nnonce: 0' }],
  ])('is not written with a %s that cannot stand there', (name, change) => {
    expect(() => writeStatement({ ...STATEMENT, ...change })).toThrow(`a statement cannot hold this ${name}`);
  });

  it('tells another version of the form from what is no statement', () => {
    const text = writeStatement(STATEMENT).toString('latin1');
    const newer = Buffer.from(text.replace('attestation 1\n', 'attestation 2\n'));
    expect(reads(newer)).toBeUndefined();
    expect([newer, Buffer.from(text), Buffer.from('hello'), Buffer.alloc(0)].map(isOtherForm)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('docs/attestation.md', () => {
  const text = readFileSync(new URL('../../../../docs/attestation.md', import.meta.url), 'utf8');
  const block = (name: string): string => {
    const [, indented = ''] = new RegExp(`<!-- ${name} -->\n\n((?: {4}.*\n)+)`).exec(text) ?? [];
    return indented.replaceAll(/^ {4}/gm, '');
  };

  it('has an example that is as it says', () => {
    const key = new AttestationKey(Buffer.from(Array.from({ length: 32 }, (_, index) => index)));
    const bytes = writeStatement(STATEMENT);
    expect(block('key')).toBe(`${key.publicKey}\n`);
    expect(block('statement')).toBe(bytes.toString('latin1'));
    expect(block('signature')).toBe(`${key.sign(bytes).toString('hex')}\n`);
    expect(text).toContain(`--pong-key ${key.publicKey}`);
  });

  it('names every line of the form, and no other', () => {
    const [, table = ''] = /\| line \| value \|\n([^]+?)\n\n/.exec(text) ?? [];
    const named = [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(
      ([, cell = '']) => cell.match(/(?<=`)[a-z0-9 -]+(?=`)/g) ?? [],
    );
    const lines = writeStatement(STATEMENT).toString('latin1').trimEnd().split('\n');
    expect(named).toEqual(lines.map((line) => line.split(': ', 1)[0]));
  });
});
