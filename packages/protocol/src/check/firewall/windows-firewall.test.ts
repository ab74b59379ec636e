import { describe, expect, it } from 'vitest';
import { recordedCommands, runGroup } from '../host.test.support.js';
import { firewallGroup } from './firewall-group.js';

/** The object that the script ends in, by the properties that the documentation of the NetSecurity module lists. */
interface Rule {
  readonly action: 'Allow' | 'Block';
  readonly port: string | readonly string[];
  readonly profile?: string;
  readonly program?: string;
  readonly remote?: string | readonly string[];
}
const PROFILES = [
  { name: 'Domain', enabled: 'True', inbound: 'NotConfigured', allowRules: 'NotConfigured' },
  { name: 'Private', enabled: 'True', inbound: 'Block', allowRules: 'True' },
  { name: 'Public', enabled: 'False', inbound: 'Block', allowRules: 'True' },
];

async function check(active: string | readonly string[], ...rules: readonly Rule[]): Promise<readonly string[]> {
  const all = rules.map((rule) => ({
    name: 'a rule',
    profile: 'Any',
    program: 'Any',
    package: null,
    service: 'Any',
    remote: 'Any',
    local: 'Any',
    ...rule,
  }));
  // Windows PowerShell writes an array of one element as that element.
  const facts = { profiles: PROFILES, active, rules: all.length === 1 ? all[0] : all };
  const run = recordedCommands({ powershell: JSON.stringify(facts) });
  const checks = await runGroup(firewallGroup, { host: { platform: 'win32', run }, options: { port: 10_933 } });
  return checks.map(({ id }) => id);
}

const ALLOW: Rule = { action: 'Allow', port: '10933' };

describe('Windows Firewall', () => {
  it.each<[string, string, readonly Rule[], string]>([
    ['no rule for the port', 'DomainAuthenticated', [{ ...ALLOW, port: '3389' }], 'firewall.blocked'],
    ['a rule for the port', 'DomainAuthenticated', [ALLOW], 'firewall.allowed'],
    ['a rule for a range', 'Private', [{ ...ALLOW, port: ['80', '10930-10940'] }], 'firewall.allowed'],
    ['a rule for another profile', 'Private', [{ ...ALLOW, profile: 'Domain, Public' }], 'firewall.blocked'],
    [
      'a rule that blocks beside one that allows',
      'Private',
      [ALLOW, { ...ALLOW, action: 'Block' }],
      'firewall.blocked',
    ],
    ['a rule for some clients', 'Private', [{ ...ALLOW, remote: '192.0.2.0/255.255.255.0' }], 'firewall.restricted'],
    [
      'a rule that blocks some clients',
      'Private',
      [ALLOW, { ...ALLOW, action: 'Block', remote: '192.0.2.7' }],
      'firewall.undecided',
    ],
    [
      'a rule for any port of another program',
      'Private',
      [{ ...ALLOW, port: 'Any', program: 'C:\\Windows\\system32\\svchost.exe' }],
      'firewall.blocked',
    ],
    [
      "a rule for Tentacle's program",
      'Private',
      [{ ...ALLOW, port: 'Any', program: 'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe' }],
      'firewall.restricted',
    ],
    ['a profile that is off', 'Public', [], 'firewall.none'],
  ])('with %s', async (_, active, rules, id) => {
    expect(await check(active, ...rules)).toEqual([id]);
  });

  it('is judged for each connected network', async () => {
    expect(await check(['Private', 'Public'], ALLOW)).toEqual(['firewall.allowed', 'firewall.none']);
  });

  it('is unknown where PowerShell does not run', async () => {
    const host = { platform: 'win32', run: recordedCommands({}) } as const;
    const [unread] = await runGroup(firewallGroup, { host, options: { port: 10_933 } });
    expect(unread).toMatchObject({ id: 'firewall.unread', status: 'unknown' });
  });
});
