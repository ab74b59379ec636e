import { once } from 'node:events';
import type { Attack } from '../attack.js';
import { dripBytes } from './handshakes.js';

const IDENTITY = 'MX\r\n\r\nMX-CLIENT 1.0\r\n\r\n';

/** As long as pong reads a line of an identity. */
const LINE_MAX_BYTES = 4096;

/** Nearly as many as pong keeps open in all: the healthy ping needs a place too. */
const IDLE_CONNECTIONS = 9_990;

/** TLS works, and then comes less than a call, or something else. */
export const identityAttacks: readonly Attack[] = [
  {
    name: 'slow-preamble',
    traffic: '200 connections that send one byte of a preamble a second',
    run: async (attacker) =>
      dripBytes(attacker, Buffer.alloc(100_000, 'x'), async () => {
        const { tls } = await attacker.connectTls();
        return (byte) => tls.write(byte);
      }),
  },
  {
    name: 'slow-identity',
    traffic: '200 connections that send one byte of an identity a second',
    run: async (attacker) =>
      dripBytes(attacker, Buffer.alloc(100_000, 'x'), async () => {
        const { tls } = await attacker.connectTls();
        tls.write('MX\r\n\r\nMX-CLIENT ');
        return (byte) => tls.write(byte);
      }),
  },
  {
    name: 'identified-silent',
    traffic: '100 connections/s with an identity, kept open without a call',
    run: async (attacker) => {
      attacker.ready();
      await attacker.atRate(100, async () => attacker.identify());
    },
  },
  {
    name: 'broken-records',
    traffic: '100 connections/s with a broken TLS record after the identity',
    run: async (attacker) => {
      attacker.ready();
      await attacker.atRate(100, async () => {
        const { tcp } = await attacker.identify();
        // A record of application data whose content was never encrypted.
        tcp.write(Buffer.concat([Buffer.of(0x17, 0x03, 0x03, 0x00, 0x40), Buffer.alloc(0x40, 0x55)]));
        await once(tcp, 'close');
      });
    },
  },
  {
    name: 'long-lines',
    traffic: '100 connections/s with an identity line and a control word of the greatest length',
    run: async (attacker) => {
      attacker.ready();
      let number = 0;
      await attacker.atRate(100, async () => {
        const { tcp, tls } = await attacker.connectTls();
        tls.resume();
        const long = 'x'.repeat(LINE_MAX_BYTES);
        tls.write(
          number++ % 2 === 0 ? `MX\r\n\r\nMX-SUBSCRIBER 1.0 poll://${long}/\r\n\r\n` : `${IDENTITY}${long}\r\n`,
        );
        await once(tcp, 'close');
      });
    },
  },
  {
    name: 'pages',
    traffic: '100 requests/s for the page',
    run: async (attacker) => {
      attacker.ready();
      await attacker.atRate(100, async () => {
        const { tcp, tls } = await attacker.connectTls();
        tls.resume();
        tls.write(`GET /${'x'.repeat(LINE_MAX_BYTES)} HTTP/1.1\r\n\r\n`);
        await once(tcp, 'close');
      });
    },
  },
  {
    name: 'idle',
    traffic: `${IDLE_CONNECTIONS.toLocaleString('en')} idle connections from 8 addresses, each after one call`,
    addresses: 8,
    run: async (attacker) => {
      await attacker.openIdle(IDLE_CONNECTIONS);
      attacker.ready();
      await attacker.end();
    },
  },
];
