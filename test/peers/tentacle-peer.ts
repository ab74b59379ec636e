import { CAPABILITIES, responseBytes, ServiceConnection } from './service-connection.js';
import { tlsPeer } from './tls-peer.js';

/** A real Tentacle's page for browsers, as recorded (test/captures). */
const PAGE =
  'HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 73\r\n\r\n<html><body><p>Octopus Tentacle configured successfully</p></body></html>\r\n\r\n';

/** The longest preamble that a real listener reads. */
const PREAMBLE_MAX = 20_000;

/** Starts a healthy Tentacle that trusts any client, with calls and the page. `requests` has the lengths of page requests. */
export async function tentaclePeer() {
  const requests: number[] = [];
  const serve = async (connection: ServiceConnection): Promise<void> => {
    let length = 0;
    const first = await connection.readLine();
    for (let line = first; line !== ''; line = await connection.readLine()) {
      length += line.length + 2;
      if (length > PREAMBLE_MAX) throw new Error('the preamble is too long');
    }
    if (first !== 'MX') {
      requests.push(length + 2);
      await connection.send(PAGE);
      connection.socket.end();
      return;
    }
    await connection.readLine();
    await connection.readLine();
    await connection.send('MX-SERVER 1.0\r\n\r\n');
    for (;;) {
      await connection.send(responseBytes(await connection.readRequest(), CAPABILITIES));
      if ((await connection.readLine()) !== 'NEXT') break;
      await connection.send('PROCEED\r\n');
    }
    connection.socket.end();
  };
  const peer = await tlsPeer((socket) => {
    serve(new ServiceConnection(socket)).catch(() => socket.destroy());
  });
  return { ...peer, requests };
}
