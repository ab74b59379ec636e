import { connect as connectTcp, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { tcpPeer } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';

/**
 * Starts a device that terminates TLS and re-encrypts it without a client certificate.
 * @param requestCert whether it requests one of the poller, as a server does. @returns its port.
 */
export async function terminatingDevice(port: number, requestCert = true): Promise<number> {
  const peer = await tlsPeer(
    (poller) => {
      const server = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
      server.on('error', () => void poller.destroy());
      server.on('close', () => void poller.destroy());
      poller.on('close', () => void server.destroy());
      poller.pipe(server).pipe(poller);
    },
    { requestCert },
  );
  return peer.port;
}

/** Lines that control the exchange have less than this as a TLS record, and calls more. */
const CONTROL_MAX_BYTES = 100;

/** A device on the path of polling connections that it can cut. */
export interface CuttingDevice {
  readonly port: number;
  /** From now on it passes on no call that the server sends. @returns when the server has sent one. */
  hold(): Promise<void>;
  /** Closes each connection. @returns the time of it: UTC, ISO 8601. */
  cut(): string;
}

/** @param idleMs after this time without data it closes a connection by itself. */
export async function cuttingDevice(port: number, idleMs?: number): Promise<CuttingDevice> {
  const open = new Set<readonly [Socket, Socket]>();
  let isHeld = false;
  let connections = 0;
  let heldBack: () => void = () => undefined;
  const peer = await tcpPeer((poller) => {
    const server = connectTcp(port, '127.0.0.1');
    const pair = [poller, server] as const;
    open.add(pair);
    // The poller checks the server over connections of its own, which carry a page.
    const isPolling = connections++ === 0;
    let timer: NodeJS.Timeout | undefined;
    const close = (): void => {
      clearTimeout(timer);
      open.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    const carried = (): void => {
      clearTimeout(timer);
      if (idleMs !== undefined) timer = setTimeout(close, idleMs);
    };
    for (const [from, to] of [pair, [server, poller] as const]) {
      from.on('error', close);
      from.on('close', close);
      from.on('data', (chunk: Buffer) => {
        carried();
        if (isHeld && isPolling && from === server && chunk.length > CONTROL_MAX_BYTES) heldBack();
        else to.write(chunk);
      });
    }
  });
  return {
    port: peer.port,
    hold: () => {
      isHeld = true;
      return new Promise((resolve) => (heldBack = resolve));
    },
    cut: () => {
      const at = new Date().toISOString();
      for (const pair of open) for (const socket of pair) socket.destroy();
      return at;
    },
  };
}
