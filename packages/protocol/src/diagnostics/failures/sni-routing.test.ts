import { describe, expect, it } from 'vitest';
import type { ConnectionFacts } from '../../trace.js';
import { describeFailure } from '../describe-failure.js';
import { EXAMPLE_FACTS, exampleSignature } from '../failure-definition.js';
import { tryAnotherServerName, unknownServerName } from './sni-routing.js';

describe('routing by server name', () => {
  it.each([
    ['the host', {}, 'tentacle.example'],
    ['another name (--servername)', { serverName: 'web01.example' }, 'web01.example'],
    ['a name at an address', { host: '192.0.2.10', serverName: 'web01.example' }, 'web01.example'],
  ] as const)('may not know the requested name: %s', (_, more: Partial<ConnectionFacts>, name) => {
    const facts = { ...EXAMPLE_FACTS, ...more };
    expect(unknownServerName(facts)).toBe(`does not know ${name}`);
    expect(tryAnotherServerName(facts).action).toContain(`requested the name ${name} (SNI).`);
  });

  it.each([
    ['an IPv4 address', { host: '192.0.2.10' }, '(SNI), as always for an address.', '192.0.2.10:10933'],
    ['an IPv6 address', { host: '2001:db8::1' }, '(SNI), as always for an address.', '[2001:db8::1]:10933'],
    ['--no-sni', { serverName: '' }, 'no name (SNI).', 'tentacle.example:10933'],
  ] as const)('may have required a name: %s', (_, more: Partial<ConnectionFacts>, remark, target) => {
    const facts = { ...EXAMPLE_FACTS, ...more };
    expect(unknownServerName(facts)).toBe('requires a name (SNI), and none was sent');
    const { action, linux } = tryAnotherServerName(facts);
    expect(action).toContain(remark);
    expect(linux).toBe(`tentacle-ping ${target} --servername NAME`);
  });

  it('fails on the requested name, not on the host', () => {
    const facts = { ...EXAMPLE_FACTS, host: '192.0.2.10', serverName: 'web01.example' };
    const text = describeFailure('tls.unrecognized-name', {
      signature: exampleSignature('tls', 'SERVER_NAME_DECIDES'),
      facts,
    }).explanation;
    expect(text).toContain(' web01.example ');
  });

  it('is retried through the same proxy', () => {
    const proxy = { host: 'proxy.example', port: 3128 };
    expect(tryAnotherServerName({ ...EXAMPLE_FACTS, proxy }).linux).toBe(
      'tentacle-ping tentacle.example:10933 --proxy http://proxy.example:3128 --servername NAME',
    );
  });
});
