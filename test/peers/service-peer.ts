import type { TlsOptions } from 'node:tls';
import { CAPABILITIES, responseBytes, Talk } from './talk.js';
import { tlsPeer } from './tls-peer.js';

/** Starts a service that trusts any client and runs the script after the identities. */
export function servicePeer(script: (talk: Talk) => Promise<void>, options: TlsOptions = {}) {
  return tlsPeer((socket) => {
    const talk = new Talk(socket);
    // A client that disconnects ends the script; the test checks what the client reports.
    talk
      .introduce()
      .then(script)
      .catch(() => socket.destroy());
  }, options);
}

/** Starts a healthy service: it returns its capabilities for every call, and PROCEED for NEXT. */
export function healthyPeer(options: TlsOptions = {}) {
  return servicePeer(async (talk) => {
    for (;;) {
      await talk.say(responseBytes(await talk.request(), CAPABILITIES));
      if ((await talk.line()) !== 'NEXT') break;
      await talk.say('PROCEED\r\n');
    }
    talk.socket.end();
  }, options);
}
