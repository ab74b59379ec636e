import { OPEN_RULES, type RealProxy, STOCK_RULES, squid, squidWithUser, tinyproxy } from '../../proxy/real-proxies.js';
import type { Lab } from '../lab.js';
import type { Path, Scenario } from '../scenario.js';
import { haproxyTcp, nginxStream } from './network-path.js';

const SQUID = ['squid', 'htpasswd'] as const;

/** Returns the arguments for a target through a proxy. */
function through(proxy: Pick<RealProxy, 'port'>, target: string, user = ''): Path {
  return { args: [target, '--proxy', `http://${user}127.0.0.1:${proxy.port}`, '--timeout', '5s'] };
}

async function pongThrough(lab: Lab, proxy: Pick<RealProxy, 'port'>, host = '127.0.0.1', user = ''): Promise<Path> {
  return through(proxy, `${host}:${await lab.pong()}`, user);
}

/** Starts a component by a command with its port. */
async function startOnPort(lab: Lab, command: (port: string) => string[]): Promise<Pick<RealProxy, 'port'>> {
  const port = await lab.freePort();
  lab.start(command(String(port)));
  await lab.accepts(port);
  return { port };
}

/** Starts nginx, which serves a folder. */
async function webServer(lab: Lab): Promise<Pick<RealProxy, 'port'>> {
  const port = await lab.freePort();
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${lab.directory}/${name};`,
  );
  const server = `server { listen 127.0.0.1:${port}; location / { root ${lab.directory}; } }`;
  const conf = `daemon off; pid ${lab.directory}/pid; error_log stderr; events {} http { access_log off; ${temp.join(' ')} ${server} }`;
  lab.start(['nginx', '-c', await lab.file('web.conf', conf)]);
  await lab.accepts(port);
  return { port };
}

const PASSWORD = { TENTACLE_PROXY_PASSWORD: 'canary-of-the-lab' };

/** Proxies that reject requests, and proxies that work. */
export const proxyScenarios: readonly Scenario[] = [
  {
    id: '40-proxy-denied',
    title: 'a proxy whose rules allow CONNECT to port 443 only',
    needs: [...SQUID, 'tinyproxy'],
    measured: 'proxy.denied',
    variants: [
      { name: 'squid with default rules', start: async (lab) => pongThrough(lab, await squid(STOCK_RULES, lab)) },
      {
        name: 'tinyproxy, by name',
        start: async (lab) => pongThrough(lab, await tinyproxy(['ConnectPort 443'], lab), 'localhost'),
      },
    ],
  },
  {
    id: '41-proxy-auth-required',
    title: 'a proxy that requires authentication',
    needs: SQUID,
    measured: 'proxy.auth-required',
    variants: [
      {
        name: 'squid, by address',
        start: async (lab) => pongThrough(lab, await squidWithUser('octopus', 'right', lab)),
      },
      {
        name: 'squid, by name',
        start: async (lab) => pongThrough(lab, await squidWithUser('me', 'other', lab), 'localhost'),
      },
    ],
  },
  {
    id: '41-proxy-auth-rejected',
    title: 'credentials that the proxy rejects',
    needs: SQUID,
    measured: 'proxy.auth-rejected',
    variants: [
      {
        name: 'a wrong password',
        start: async (lab) => ({
          ...(await pongThrough(lab, await squidWithUser('octopus', 'right', lab), 'localhost', 'octopus@')),
          env: PASSWORD,
        }),
      },
      {
        name: 'a wrong user',
        start: async (lab) => ({
          ...(await pongThrough(
            lab,
            await squidWithUser('octopus', PASSWORD.TENTACLE_PROXY_PASSWORD, lab),
            '127.0.0.1',
            'another-user@',
          )),
          env: PASSWORD,
        }),
      },
    ],
  },
  {
    id: '42-proxy-target-refused',
    title: 'a proxy that works, in front of a port without a listener',
    needs: SQUID,
    measured: 'proxy.target-refused',
    variants: ['127.0.0.1', 'localhost'].map((host) => ({
      name: `squid, ${host}`,
      start: async (lab) => through(await squid(OPEN_RULES, lab), `${host}:${await lab.freePort()}`),
    })),
  },
  {
    id: '42-proxy-target-not-found',
    title: 'a proxy that cannot resolve the name',
    needs: SQUID,
    measured: 'proxy.target-not-found',
    variants: ['tentacle.invalid:10933', 'web01.invalid:443'].map((target) => ({
      name: `squid, ${target}`,
      start: async (lab) => through(await squid(OPEN_RULES, lab), target),
    })),
  },
  {
    id: '43-socks',
    title: 'a SOCKS proxy, which Octopus cannot use',
    needs: ['microsocks'],
    measured: 'proxy.socks',
    variants: [[], ['-u', 'me', '-P', 'secret']].map((more) => ({
      name: more.length === 0 ? 'microsocks' : 'microsocks that requires credentials, by name',
      start: async (lab) =>
        pongThrough(
          lab,
          await startOnPort(lab, (port) => ['microsocks', '-i', '127.0.0.1', '-p', port, ...more]),
          more.length === 0 ? '127.0.0.1' : 'localhost',
        ),
    })),
  },
  {
    id: '43-proxy-closes',
    title: 'a load balancer without a proxy behind it, at the address of the proxy',
    needs: ['nginx', 'haproxy'],
    measured: 'proxy.closed',
    // Whether it closes or resets depends on a race in the kernel.
    alternative: 'proxy.reset',
    variants: [
      {
        name: 'haproxy, by name',
        start: async (lab) => pongThrough(lab, { port: await haproxyTcp(lab, await lab.freePort()) }, 'localhost'),
      },
      {
        name: 'nginx',
        start: async (lab) => pongThrough(lab, { port: await nginxStream(lab, await lab.freePort()) }),
      },
    ],
  },
  {
    id: '43-not-a-proxy',
    title: 'a web server at the address of the proxy',
    needs: ['python3', 'nginx'],
    measured: 'proxy.not-a-proxy',
    variants: [
      {
        name: 'Python',
        start: async (lab) =>
          pongThrough(
            lab,
            await startOnPort(lab, (port) => ['python3', '-m', 'http.server', port, '--bind', '127.0.0.1']),
          ),
      },
      { name: 'nginx', start: async (lab) => pongThrough(lab, await webServer(lab), 'localhost') },
    ],
  },
  {
    id: 'healthy-proxied',
    title: 'healthy: a path through a proxy',
    needs: [...SQUID, 'tinyproxy'],
    measured: 'ok',
    variants: [
      { name: 'squid', start: async (lab) => pongThrough(lab, await squid(OPEN_RULES, lab)) },
      { name: 'tinyproxy, by name', start: async (lab) => pongThrough(lab, await tinyproxy([], lab), 'localhost') },
      {
        name: 'squid with credentials',
        start: async (lab) => ({
          ...(await pongThrough(
            lab,
            await squidWithUser('octopus', PASSWORD.TENTACLE_PROXY_PASSWORD, lab),
            'localhost',
            'octopus@',
          )),
          env: PASSWORD,
        }),
      },
    ],
  },
];
