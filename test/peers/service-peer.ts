import type { TlsOptions } from 'node:tls';
import { CAPABILITIES, responseBytes, Talk } from './talk.js';
import { tlsPeer } from './tls-peer.js';

/** A service that trusts everybody, and after the identities does what the script says. */
export function servicePeer(script: (talk: Talk) => Promise<void>, options: TlsOptions = {}) {
  return tlsPeer((socket) => {
    const talk = new Talk(socket);
    // A client that leaves ends the script; what the client makes of it is what the test looks at.
    talk
      .introduce()
      .then(script)
      .catch(() => socket.destroy());
  }, options);
}

/** A service that is in order: it answers every call with its capabilities, and PROCEED to NEXT. */
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
