import { describe, expect, it } from 'vitest';
import { findByFragment } from './find-by-fragment.js';

describe('a part of a known message', () => {
  it.each([
    ['forcibly closed by the remote host', 'data.connection-reset'],
    ['unexpected security certificate', 'trust.unexpected-certificate'],
    ['not in the list of thumbprints', 'trust.thumbprint-not-in-list'],
    ['did not present a client certificate.', 'trust.no-client-certificate'],
    ['"did not collect the request"', 'poll.request-not-collected'],
    ['WinError 10061', 'tcp.actively-refused'],
    ['os error 10054', 'data.connection-reset'],
    ['10060', 'tcp.did-not-respond'],
    ['socket error: 11001', 'dns.no-such-host'],
    ['ECONNRESET', 'data.connection-reset'],
    ['EHOSTUNREACH', 'tcp.host-not-reached'],
    ['WSAECONNREFUSED', 'tcp.actively-refused'],
  ])('%s', (text, id) => {
    expect(findByFragment(text)?.row.id).toBe(id);
  });

  it.each(['timed out', 'EOF', 'the connection', 'error', '12345', 'an unknown message', '', 'ENOTHING'])(
    'is not found for %j, which could be part of anything',
    (text) => {
      expect(findByFragment(text)).toBeUndefined();
    },
  );
});
