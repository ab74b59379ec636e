import { describe, expect, it } from 'vitest';
import type { ConnectionFacts } from '../trace.js';
import { describeFailure } from './describe-failure.js';
import { EXAMPLE_FACTS, exampleSymptom } from './row.js';
import { tryAnotherName, unknownName } from './router-by-name.js';

describe('a router by name', () => {
  it.each([
    ['the host', {}, 'tentacle.example'],
    ['another name (--servername)', { serverName: 'web01.example' }, 'web01.example'],
    ['a name at an address', { host: '192.0.2.10', serverName: 'web01.example' }, 'web01.example'],
  ] as const)('may not know the name that was asked for: %s', (_, more: Partial<ConnectionFacts>, name) => {
    const facts = { ...EXAMPLE_FACTS, ...more };
    expect(unknownName(facts)).toBe(`does not know ${name}`);
    expect(tryAnotherName(facts).action).toContain(`asked for the name ${name} (SNI).`);
  });

  it.each([
    ['an IPv4 address', { host: '192.0.2.10' }, '(SNI), as it never does with an address.', '192.0.2.10:10933'],
    ['an IPv6 address', { host: '2001:db8::1' }, '(SNI), as it never does with an address.', '[2001:db8::1]:10933'],
    ['--no-sni', { serverName: '' }, 'no name (SNI).', 'tentacle.example:10933'],
  ] as const)('may have missed a name: %s', (_, more: Partial<ConnectionFacts>, says, target) => {
    const facts = { ...EXAMPLE_FACTS, ...more };
    expect(unknownName(facts)).toBe('wants a name (SNI), and none was asked for');
    const { action, linux } = tryAnotherName(facts);
    expect(action).toContain(says);
    expect(linux).toBe(`tentacle-ping ${target} --servername NAME`);
  });

  it('is said to fail on the name that was asked for, not on the host', () => {
    const facts = { ...EXAMPLE_FACTS, host: '192.0.2.10', serverName: 'web01.example' };
    const words = describeFailure('tls.sni', { symptom: exampleSymptom('tls', 'SERVER_NAME_DECIDES'), facts }).means;
    expect(words).toContain('With the name web01.example in TLS (SNI)');
  });

  it('is tried by the same way', () => {
    const proxy = { host: 'proxy.example', port: 3128 };
    expect(tryAnotherName({ ...EXAMPLE_FACTS, proxy }).linux).toBe(
      'tentacle-ping tentacle.example:10933 --proxy http://proxy.example:3128 --servername NAME',
    );
  });
});
