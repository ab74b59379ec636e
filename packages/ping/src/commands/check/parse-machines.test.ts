import { describe, expect, it } from 'vitest';
import { parseMachines } from './parse-machines.js';

const THUMBPRINT = 'AB'.repeat(20);

/** A deployment target as the REST API returns it, with the properties that matter here. */
const machine = (CommunicationStyle: string, more: object = {}, target: object = {}) => ({
  Id: 'Machines-1',
  Name: 'web01',
  IsDisabled: false,
  ...target,
  Endpoint: { CommunicationStyle, Uri: 'https://web01.example:10933/', Thumbprint: THUMBPRINT, ProxyId: null, ...more },
});

describe('an export of deployment targets', () => {
  it('contains listening Tentacles, and others without a port to test', () => {
    const text = JSON.stringify([
      machine('TentaclePassive'),
      machine('TentaclePassive', { ProxyId: 'Proxies-1', Uri: 'https://192.0.2.7:10944/' }),
      machine('TentaclePassive', {}, { IsDisabled: true }),
      machine('TentacleActive', { Uri: 'poll://abcdefghij0123456789/' }),
      machine('TentacleActive'),
      machine('KubernetesTentacle'),
      machine('Ssh'),
      machine('TentaclePassive', { Uri: 'https://a b/' }),
      machine('TentaclePassive', { Uri: null }),
      null,
    ]);
    expect(parseMachines(text)).toEqual({
      targets: [
        { host: 'web01.example', port: 10933, name: 'web01', thumbprint: THUMBPRINT },
        { host: '192.0.2.7', port: 10944, name: 'web01', thumbprint: THUMBPRINT, isBehindProxy: true },
      ],
      left: {
        disabled: 1,
        polling: 2,
        'polling (Kubernetes agent)': 1,
        SSH: 1,
        'with an address that is not valid': 1,
        'without an address': 1,
      },
    });
  });

  it('may be one page, with a byte order mark', () => {
    const text = `\uFEFF${JSON.stringify({ ItemType: 'Machine', Items: [machine('TentaclePassive')] })}`;
    expect(parseMachines(text)?.targets).toHaveLength(1);
    expect(parseMachines('[]')).toEqual({ targets: [], left: {} });
  });

  it.each(['', '{', '{}', 'null', '[1]', '[{"a":1}]', '{"Items":{}}', '{"ErrorMessage":"You must be logged in"}'])(
    '%j is none',
    (text) => {
      expect(parseMachines(text)).toBeUndefined();
    },
  );
});
