import { describe, expect, it } from 'vitest';
import { endpointName } from '../../packages/protocol/src/check/endpoints/endpoint.js';
import { listEndpoints } from '../../packages/protocol/src/check/endpoints/list-endpoints.js';
import type { CheckContext } from '../../packages/protocol/src/check/check-context.js';
import { contextOf } from './endpoint-checks.js';

const namesOf = async (context: CheckContext): Promise<string[]> => {
  const { endpoints } = await listEndpoints(context);
  return endpoints.map((endpoint) => `${endpointName(endpoint)}${endpoint.onlyFor === undefined ? '' : ' (optional)'}`);
};

describe('the endpoints of a server', () => {
  it('of Octopus Cloud include its name for polling on port 443, and no WebSockets', async () => {
    expect(await namesOf(contextOf({ servers: ['https://acme.octopus.app'] }))).toEqual([
      'https://acme.octopus.app/api',
      'acme.octopus.app:10943',
      'polling.acme.octopus.app:443',
      'grpc://acme.octopus.app:8443 (optional)',
    ]);
  });

  it('on a port and below a path', async () => {
    expect(await namesOf(contextOf({ servers: ['https://corp.example:444/octopus/'] }))).toEqual([
      'https://corp.example:444/octopus/api',
      'corp.example:10943',
      'wss://corp.example:444/OctopusComms (optional)',
      'grpc://corp.example:8443 (optional)',
    ]);
  });

  it('on its own host are its ports, by loopback and by name', async () => {
    expect(await namesOf(contextOf({ side: 'server' }))).toEqual([
      'localhost:10943 (optional)',
      'grpc://localhost:8443 (optional)',
      'host:10943 (optional)',
      'grpc://host:8443 (optional)',
    ]);
  });
});

describe('the configured proxy', () => {
  const servers = [{ thumbprint: '', style: 'polling', address: 'https://octopus.example:10943/' } as const];

  it('of the system is the one of the environment on Linux, unless that excludes the server', async () => {
    const instances = [{ servers, pollingProxy: { use: 'system' } as const }];
    const env = { HTTPS_PROXY: 'http://user:canary@proxy.example:3128', NO_PROXY: '' };
    const { endpoints } = await listEndpoints(contextOf({ instances, env }));
    expect(endpoints[0]?.proxy).toMatchObject({ host: 'proxy.example', port: 3128, user: 'user' });
    const excluded = await listEndpoints(contextOf({ instances, env: { ...env, NO_PROXY: '.example' } }));
    expect(excluded.endpoints[0]?.proxy).toBeUndefined();
    expect(JSON.stringify(excluded.checks)).not.toContain('canary');
  });

  it.each([
    // As reg.exe prints it; the layout by Microsoft's documentation of `reg query`.
    [
      '    ProxyEnable    REG_DWORD    0x1\r\n    ProxyServer    REG_SZ    proxy.example:3128\r\n',
      ['endpoint.system-proxy'],
    ],
    ['    ProxyEnable    REG_DWORD    0x0\r\n    ProxyServer    REG_SZ    proxy.example:3128\r\n', []],
    ['    AutoConfigURL    REG_SZ    http://wpad.example/proxy.pac\r\n', ['endpoint.system-proxy']],
    ['', []],
  ])('of the system on Windows is not guessed: %j', async (stdout, ids) => {
    const context = contextOf({ instances: [{ servers, pollingProxy: { use: 'system' } }] });
    const run = () => Promise.resolve({ kind: 'done', status: 0, stdout, stderr: '' } as const);
    const { checks } = await listEndpoints({ ...context, host: { ...context.host, platform: 'win32', run } });
    expect(checks.map(({ id }) => id)).toEqual(ids);
  });
});
