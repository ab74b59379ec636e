import fc from 'fast-check';
import type { Statement } from './statement.js';

/** An example of a statement. Its addresses are reserved for documentation (RFC 5737). */
export const STATEMENT: Statement = {
  v: 1,
  nonce: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  connectionId: '637d712a-dbd5-431c-a1b2-0123456789ab',
  time: '2026-11-22T12:26:57.123Z',
  pongThumbprint: 'A'.repeat(40),
  clientThumbprint: 'B'.repeat(40),
  clientAddress: '192.0.2.7',
  clientPort: 51234,
  pongAddress: '192.0.2.10',
  pongPort: 10933,
  tlsVersion: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  handshakeBound: true,
  keyingMaterial: 'c0ffee'.padEnd(64, '0'),
};

const hex = (digits: string, length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...digits.split('')), { minLength: length, maxLength: length })
    .map((characters) => characters.join(''));
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((text) => /^[0-9a-f.:]+$/.test(text)),
);
const port = fc.integer({ min: 0, max: 65_535 });

/** Any valid statement. */
export const anyStatement: fc.Arbitrary<Statement> = fc.record({
  v: fc.constant(1 as const),
  nonce: hex('0123456789abcdef', 64),
  connectionId: fc.uuid(),
  time: fc
    .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  pongThumbprint: hex('0123456789ABCDEF', 40),
  clientThumbprint: fc.option(hex('0123456789ABCDEF', 40)),
  clientAddress: address,
  clientPort: port,
  pongAddress: address,
  pongPort: port,
  tlsVersion: fc.constantFrom('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
  cipher: fc.stringMatching(/^[A-Z0-9_]{1,64}$/),
  handshakeBound: fc.boolean(),
  keyingMaterial: hex('0123456789abcdef', 64),
});
