import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SigningKey } from './signing-key.js';
import {
  isOtherVersion,
  parseStatement,
  type Statement,
  STATEMENT_MAX_BYTES,
  serializeStatement,
} from './statement.js';
import { anyStatement, STATEMENT } from './statement.test.support.js';

const MALFORMED = { name: 'WireError', code: 'MALFORMED' };

function parsed(bytes: Uint8Array): Statement | undefined {
  try {
    return parseStatement(bytes);
  } catch (error) {
    expect(error).toMatchObject(MALFORMED);
    return undefined;
  }
}

const TEXT = serializeStatement(STATEMENT).toString();

describe('a statement', () => {
  it('is this JSON text, to the byte', () => {
    const statement = { ...STATEMENT, clientThumbprint: null, handshakeBound: false };
    expect(serializeStatement(statement).toString()).toBe(
      [
        '{"v":1',
        '"nonce":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"',
        '"connectionId":"637d712a-dbd5-431c-a1b2-0123456789ab"',
        '"time":"2026-11-22T12:26:57.123Z"',
        '"pongThumbprint":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"',
        '"clientThumbprint":null',
        '"clientAddress":"192.0.2.7"',
        '"clientPort":51234',
        '"pongAddress":"192.0.2.10"',
        '"pongPort":10933',
        '"tlsVersion":"TLSv1.3"',
        '"cipher":"TLS_AES_256_GCM_SHA384"',
        '"handshakeBound":false',
        '"keyingMaterial":"c0ffee0000000000000000000000000000000000000000000000000000000000"}',
      ].join(),
    );
  });

  it('has its keys in this order, whatever the order of the values it is made from', () => {
    const reversed = Object.fromEntries(Object.entries(STATEMENT).reverse()) as unknown as Statement;
    expect(serializeStatement(reversed).toString()).toBe(TEXT);
  });

  it('survives encoding and decoding, with any values', () => {
    fc.assert(
      fc.property(anyStatement, (statement) => {
        const bytes = serializeStatement(statement);
        expect(parseStatement(bytes)).toEqual(statement);
        expect(bytes.length).toBeLessThanOrEqual(STATEMENT_MAX_BYTES);
      }),
    );
  });

  it('is within its limit at its longest', () => {
    const address = 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255';
    const longest: Statement = {
      ...STATEMENT,
      clientAddress: address,
      pongAddress: address,
      pongPort: 65_535,
      cipher: 'X'.repeat(64),
      handshakeBound: false,
    };
    expect(serializeStatement(longest).length).toBe(660);
  });

  it('is invalid before its last byte has arrived, and with one byte more', () => {
    const bytes = serializeStatement(STATEMENT);
    for (let length = 0; length < bytes.length; length++) expect(parsed(bytes.subarray(0, length))).toBeUndefined();
    expect(parsed(bytes)).toEqual(STATEMENT);
    for (const more of ['\n', ' ', '\0', 'x', '\r\n']) {
      expect(parsed(Buffer.concat([bytes, Buffer.from(more)]))).toBeUndefined();
    }
  });

  it('has one form only: any bytes that are accepted are the bytes that are written', () => {
    const byteOf = fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\n "\\,:{}.0aAfF19-TZ')));
    fc.assert(
      fc.property(
        anyStatement,
        fc.nat(),
        byteOf,
        fc.constantFrom('change', 'insert', 'remove'),
        (statement, at, byte, how) => {
          const whole = serializeStatement(statement);
          const place = at % whole.length;
          const rest = how === 'insert' ? place : place + 1;
          const put = how === 'remove' ? [] : [byte];
          const bytes = Buffer.concat([whole.subarray(0, place), Buffer.from(put), whole.subarray(rest)]);
          const accepted = parsed(bytes);
          if (accepted !== undefined) expect(serializeStatement(accepted).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each<[string, (text: string) => string]>([
    ['keys in another order', (text) => text.replace(/("clientPort":\d+,)("pongAddress":"[^"]+",)/, '$2$1')],
    ['a duplicate key', (text) => text.replace(/("clientPort":\d+,)/, '$1$1')],
    ['a missing key', (text) => text.replace(/"clientPort":\d+,/, '')],
    ['an unknown key', (text) => text.replace('"v":1,', '"v":1,"x":0,')],
    ['an unknown key at its end', (text) => text.replace('}', ',"x":0}')],
    ['__proto__ as a key', (text) => text.replace('}', ',"__proto__":{}}')],
    ['white space', (text) => text.replaceAll(',', ', ')],
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['an escape for a plain character', (text) => text.replace('TLSv1', '\\u0054LSv1')],
    ['a thumbprint in lower case', (text) => text.replace('AAAA', 'aaaa')],
    ['a nonce in upper case', (text) => text.replace('aabbccddeeff', 'AABBCCDDEEFF')],
    ['a port as text', (text) => text.replace('51234', '"51234"')],
    ['a port in another notation', (text) => text.replace('51234', '51234.0')],
    ['a port out of range', (text) => text.replace('51234', '65536')],
    ['a negative port', (text) => text.replace('51234', '-1')],
    ['an address that is not valid', (text) => text.replace('192.0.2.7', '192.0.2.256')],
    ['an address with a zone', (text) => text.replace('192.0.2.7', 'fe80::1%eth0')],
    ['a date that does not exist', (text) => text.replace('-11-22T', '-11-31T')],
    ['a name in place of an address', (text) => text.replace('192.0.2.10', 'tentacle')],
    ['a letter beyond ASCII', (text) => text.replace('TLS_AES', 'TLS_\u00c4ES')],
    ['another version', (text) => text.replace('"v":1', '"v":2')],
    ['a version as text', (text) => text.replace('"v":1', '"v":"1"')],
    ['an array around it', (text) => `[${text}]`],
  ])('is invalid with %s', (_name, change) => {
    expect(change(TEXT)).not.toBe(TEXT);
    expect(parsed(Buffer.from(change(TEXT)))).toBeUndefined();
  });

  it('is invalid in bytes that are not UTF-8', () => {
    const bytes = serializeStatement(STATEMENT);
    bytes[bytes.indexOf('TLS_AES')] = 0xff;
    expect(parsed(bytes)).toBeUndefined();
  });

  it('is rejected at megabytes before it is parsed', () => {
    const huge = Buffer.from(`{"v":2,"x":"${'x'.repeat(10_000_000)}"}`);
    expect(parsed(huge)).toBeUndefined();
    expect(isOtherVersion(huge)).toBe(false);
  });

  it.each<[keyof Statement, Partial<Statement>]>([
    ['nonce', { nonce: 'no' }],
    ['clientAddress', { clientAddress: '' }],
    ['pongPort', { pongPort: 1.5 }],
    ['time', { time: 'now' }],
  ])('is not written with an invalid %s', (key, change) => {
    const write = () => serializeStatement({ ...STATEMENT, ...change });
    expect(write).toThrow(RangeError);
    expect(write).toThrow(key);
  });

  it('of another version is distinguished from bytes that are not a statement', () => {
    const newer = TEXT.replace('"v":1', '"v":2');
    expect(parsed(Buffer.from(newer))).toBeUndefined();
    const isOther = (text: string): boolean => isOtherVersion(Buffer.from(text));
    expect([newer, '{"v":3}'].map(isOther)).toEqual([true, true]);
    expect([TEXT, '{"v":1}', '{"v":0}', '{"v":"2"}', '{}', '[]', 'null', 'hello', ''].map(isOther)).toEqual(
      Array.from({ length: 9 }, () => false),
    );
  });
});

describe('docs/attestation.md', () => {
  const text = readFileSync(new URL('../../../../docs/attestation.md', import.meta.url), 'utf8');
  const block = (name: string): string => {
    const [, content = ''] = new RegExp(`<!-- ${name} -->\n\n\`\`\`\\w*\n([^]+?)\n\`\`\``).exec(text) ?? [];
    return content;
  };
  const key = new SigningKey(Buffer.from(Array.from({ length: 32 }, (_, index) => index)));
  const bytes = serializeStatement(STATEMENT);

  /** A directory that holds the files of the example. */
  const exampleFiles = (statement: string): string => {
    const directory = mkdtempSync(join(tmpdir(), 'attestation-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const attestation = {
      publicKey: block('key'),
      signature: block('signature'),
      statement: JSON.parse(statement) as unknown,
    };
    writeFileSync(join(directory, 'report.json'), JSON.stringify({ attestation }, undefined, 2));
    return directory;
  };
  const changed = TEXT.replace('192.0.2.7', '192.0.2.8');

  it('has the key, the statement and the signature that this code creates', () => {
    expect(block('key')).toBe(key.publicKey);
    expect(block('statement')).toBe(bytes.toString());
    expect(block('signature')).toBe(key.sign(bytes).toString('hex'));
    expect(text).toContain(`--pong-key ${key.publicKey}`);
  });

  it('names every key of a statement, and no other', () => {
    const [, table = ''] = /\| key \| value \|\n([^]+?)\n\n/.exec(text) ?? [];
    const named = [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(
      ([, cell = '']) => cell.match(/(?<=`)[a-zA-Z]+(?=`)/g) ?? [],
    );
    expect(named).toEqual(Object.keys(JSON.parse(TEXT) as object));
  });

  it('has an example with node:crypto that accepts the signature, and rejects it for a changed statement', () => {
    const run = (statement: string): string => {
      const file = join(exampleFiles(statement), 'check.mjs');
      writeFileSync(file, block('node'));
      return execFileSync(process.execPath, [file], { cwd: join(file, '..'), encoding: 'utf8' }).trim();
    };
    expect(run(TEXT)).toBe('true');
    expect(run(changed)).toBe('false');
  });

  /** CI has all of these; another machine may lack some. */
  const missingTools = ['openssl version', 'jq --version', 'xxd -v'].filter((command) => {
    const [program = '', ...args] = command.split(' ');
    return spawnSync(program, args).status !== 0;
  });

  it.skipIf(missingTools.length > 0 && process.env['CI'] === undefined)(
    'has an example with openssl that accepts the signature, and rejects it for a changed statement (needs openssl, jq and xxd)',
    () => {
      const run = (statement: string): string => {
        const { stdout, stderr } = spawnSync('sh', ['-c', block('openssl')], {
          cwd: exampleFiles(statement),
          encoding: 'utf8',
        });
        return stdout + stderr;
      };
      expect(run(TEXT)).toContain('Signature Verified Successfully');
      expect(run(changed)).toContain('Signature Verification Failure');
    },
  );
});
