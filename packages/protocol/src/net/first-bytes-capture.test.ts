import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { pattern, readAll, tcpPair, turns } from './pairs.test.support.js';
import { captureFirstBytes } from './first-bytes-capture.js';

describe('a tap', () => {
  it('keeps the first 4 KiB and passes everything', async () => {
    const { connector, listener } = await tcpPair();
    const capture = captureFirstBytes(connector);
    expect(capture.firstBytes()).toHaveLength(0);
    const sent = pattern(3_000_000);
    listener.end(sent);
    expect((await readAll(capture.stream)).equals(sent)).toBe(true);
    expect(capture.firstBytes().equals(sent.subarray(0, 4096))).toBe(true);
  });

  it('keeps bytes that arrive in pieces', async () => {
    const { connector, listener } = await tcpPair();
    const capture = captureFirstBytes(connector);
    capture.stream.resume();
    for (const piece of ['HTTP/1.', '1 400 Bad ', 'Request']) {
      const arrival = once(connector, 'data');
      listener.write(piece);
      await arrival;
    }
    expect(capture.firstBytes().toString()).toBe('HTTP/1.1 400 Bad Request');
  });

  it('passes what is written, and the end', async () => {
    const { connector, listener } = await tcpPair();
    const capture = captureFirstBytes(connector);
    const sent = pattern(1_000_000);
    capture.stream.end(sent);
    expect((await readAll(listener)).equals(sent)).toBe(true);
  });

  it('applies backpressure while no bytes are read, and loses none', async () => {
    const { connector, listener } = await tcpPair();
    const capture = captureFirstBytes(connector);
    const sent = pattern(50_000_000);
    listener.end(sent);
    await once(capture.stream, 'readable');
    await turns(300);
    expect(connector.bytesRead).toBeLessThan(1_000_000);
    expect((await readAll(capture.stream)).equals(sent)).toBe(true);
  });

  it('loses nothing to a reader that is slower than the end', async () => {
    const { connector, listener } = await tcpPair();
    const capture = captureFirstBytes(connector);
    const sent = pattern(10_000);
    listener.end(sent);
    // Both directions are closed, and not a byte is read.
    await once(connector, 'close');
    await turns(3);
    expect((await readAll(capture.stream)).equals(sent)).toBe(true);
  });

  it('passes a reset', async () => {
    const { connector, listener } = await tcpPair();
    const { stream } = captureFirstBytes(connector);
    stream.resume();
    listener.resetAndDestroy();
    await expect(once(stream, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('closes the connection when it is destroyed', async () => {
    const { connector, listener } = await tcpPair();
    captureFirstBytes(connector).stream.destroy();
    await readAll(listener);
    expect(connector.destroyed).toBe(true);
  });

  it('closes with the connection', async () => {
    const { connector } = await tcpPair();
    const { stream } = captureFirstBytes(connector);
    connector.destroy();
    await once(stream, 'close');
    expect(stream.destroyed).toBe(true);
  });
});
