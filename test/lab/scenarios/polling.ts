import type { Lab } from '../lab.js';
import { halibut, TENTACLE } from '../node-servers.js';
import { startListen, startPoll } from '../polling-ends.js';
import type { PollingPath, Scenario } from '../scenario.js';
import { certificate, haproxy, nginx, ownFiles, stunnel } from '../servers.js';

/** Starts a device in front of a port. @returns its port. */
type Device = (lab: Lab, target: number) => Promise<number>;

/** tentacle-ping listen behind a device, and tentacle-pong that polls it. */
async function polledThrough(lab: Lab, device: Device, args: readonly string[]): Promise<PollingPath> {
  const { listen, port } = await startListen(lab, args);
  return { listen, poll: startPoll(lab, await device(lab, port)) };
}

/** The same, until five calls are answered: enough for a verdict. */
async function fiveCallsThrough(lab: Lab, device: Device, args: readonly string[] = []): Promise<PollingPath> {
  const path = await polledThrough(lab, device, ['--interval', '100ms', ...args]);
  return { ...path, isComplete: path.listen?.printed(/ 5 {2}ok/) ?? Promise.resolve() };
}

const direct: Device = (_lab, target) => Promise.resolve(target);

const reEncryptingNginx: Device = async (lab, target) => {
  const { cert, key } = await certificate(lab, 'lb.example');
  return nginx(lab, {
    stream: `server { listen PORT ssl; ssl_certificate ${cert}; ssl_certificate_key ${key}; proxy_pass 127.0.0.1:${target}; proxy_ssl on; }`,
  });
};

const reEncryptingHaproxy: Device = async (lab, target) => {
  const { pem } = await certificate(lab, 'lb.example');
  return haproxy(
    lab,
    `listen l\n  mode tcp\n  bind 127.0.0.1:PORT ssl crt ${pem}\n  server s 127.0.0.1:${target} ssl verify none`,
  );
};

const twoStunnels: Device = async (lab, target) => {
  const { pem } = await certificate(lab, 'lb.example');
  const inner = await stunnel(lab, ['client = yes', 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${target}`]);
  return stunnel(lab, [`cert = ${pem}`, 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${inner}`]);
};

const forwardingNginx: Device = (lab, target) =>
  nginx(lab, { stream: `server { listen PORT; proxy_pass 127.0.0.1:${target}; }` });

/** It ends connections without traffic after 2 s: far below the keep-alive interval of polling, 30 s. */
const impatientHaproxy: Device = (lab, target) =>
  haproxy(
    lab,
    `listen l\n  mode tcp\n  timeout client 2s\n  timeout server 2s\n  bind 127.0.0.1:PORT\n  server s 127.0.0.1:${target}`,
  );

const impatientNginx: Device = (lab, target) =>
  nginx(lab, { stream: `server { listen PORT; proxy_timeout 2s; proxy_pass 127.0.0.1:${target}; }` });

/** Two servers with certificates of their own, and a poller behind a balancer that leads it to each of them in turn. */
async function twoServers(
  lab: Lab,
  balancer: (lab: Lab, ports: readonly [number, number]) => Promise<number>,
): Promise<PollingPath> {
  const other = await certificate(lab, 'Octopus Portal');
  const first = await startListen(lab, []);
  const second = await startListen(lab, ['--cert', other.cert, '--key', other.key]);
  // As long as the poller's own check of further connections takes on a busy machine.
  const poll = startPoll(lab, await balancer(lab, [first.port, second.port]), ['--deadline', '6s']);
  // Each server may or may not have a poller; only the poller sees both.
  return { poll };
}

/** The calls of polling, and what an idle timeout, a terminated TLS session or a load balancer do to them. */
export const pollingScenarios: readonly Scenario[] = [
  {
    id: 'polling-healthy',
    title: 'healthy: a poller behind a device that forwards TCP',
    needs: ['nginx'],
    measured: 'ok',
    diagnosed: 'ok',
    variants: [
      { name: 'direct', start: (lab) => fiveCallsThrough(lab, direct) },
      {
        name: 'nginx stream; only this poller is trusted',
        start: async (lab) => {
          const { thumbprint } = await ownFiles(lab, 'tentacle-pong');
          return fiveCallsThrough(lab, forwardingNginx, ['--trust', thumbprint]);
        },
      },
    ],
  },
  {
    id: 'polling-without-certificate',
    title: 'a device re-encrypts TLS without the certificate of the poller; any poller is served',
    needs: ['nginx', 'haproxy', 'stunnel4', 'openssl'],
    measured: 'poll.no-certificate',
    diagnosed: 'trust.intercepted',
    variants: [
      { name: 'nginx stream', start: (lab) => fiveCallsThrough(lab, reEncryptingNginx) },
      { name: 'haproxy', start: (lab) => fiveCallsThrough(lab, reEncryptingHaproxy) },
      { name: 'two stunnels', start: (lab) => fiveCallsThrough(lab, twoStunnels) },
    ],
  },
  {
    id: 'polling-refused-without-certificate',
    title: 'a device re-encrypts TLS without the certificate of the poller, which is required',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'poll.no-certificate',
    diagnosed: 'trust.intercepted',
    variants: [
      { name: 'nginx stream', device: reEncryptingNginx },
      { name: 'haproxy', device: reEncryptingHaproxy },
    ].map(({ name, device }) => ({
      name,
      start: async (lab: Lab) => {
        const { thumbprint } = await ownFiles(lab, 'tentacle-pong');
        return polledThrough(lab, device, ['--trust', thumbprint, '--deadline', '10s']);
      },
    })),
  },
  {
    id: 'polling-not-trusted',
    title: 'the server trusts another poller',
    needs: [],
    measured: 'poll.refused',
    diagnosed: 'trust.closed-after-identity',
    variants: [
      {
        name: 'direct',
        start: (lab) => polledThrough(lab, direct, ['--trust', 'A'.repeat(40), '--deadline', '10s']),
      },
    ],
  },
  {
    id: 'polling-idle-timeout',
    title: 'a device ends polling connections that are idle for 2 s',
    needs: ['nginx', 'haproxy'],
    measured: 'poll.connections-lost',
    diagnosed: 'poll.closed',
    variants: [
      { name: 'haproxy', device: impatientHaproxy },
      { name: 'nginx stream', device: impatientNginx },
    ].map(({ name, device }) => ({
      name,
      start: (lab: Lab) => polledThrough(lab, device, ['--count', '4', '--interval', '4s']),
    })),
  },
  {
    id: 'polling-several-servers',
    title: 'a load balancer leads a poller to two servers in turn',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'poll.several-servers',
    variants: [
      {
        name: 'nginx stream, round robin',
        start: (lab) =>
          twoServers(lab, (at, ports) => {
            const servers = ports.map((port) => `server 127.0.0.1:${port};`).join(' ');
            return nginx(at, { stream: `upstream u { ${servers} } server { listen PORT; proxy_pass u; }` });
          }),
      },
      {
        name: 'haproxy, round robin',
        start: (lab) =>
          twoServers(lab, (at, ports) => {
            const servers = ports.map((port, i) => `  server s${i} 127.0.0.1:${port}`).join('\n');
            return haproxy(at, `listen l\n  mode tcp\n  balance roundrobin\n  bind 127.0.0.1:PORT\n${servers}`);
          }),
      },
    ],
  },
  {
    id: 'polling-wrong-role',
    title: 'the polled port belongs to a listening Tentacle',
    needs: ['openssl'],
    measured: 'poll.wrong-role',
    variants: [
      {
        name: 'a Tentacle that does not trust the poller',
        start: async (lab) => {
          const files = await certificate(lab, 'Octopus Tentacle');
          return pollerOf(lab, await halibut(lab, files, { ...TENTACLE, trusts: false }));
        },
      },
      { name: 'pong', start: async (lab) => pollerOf(lab, await lab.pong()) },
      {
        name: 'pong that trusts another client',
        start: async (lab) => pollerOf(lab, await lab.pong(['--trust', 'B'.repeat(40)])),
      },
    ],
  },
  {
    id: 'polling-web-server',
    title: 'the polled port belongs to a web server',
    needs: ['nginx', 'openssl'],
    measured: 'identity.http',
    variants: [
      {
        name: 'nginx',
        start: async (lab) => {
          const { cert, key } = await certificate(lab, 'www.example');
          const tls = `ssl_certificate ${cert}; ssl_certificate_key ${key};`;
          return pollerOf(lab, await nginx(lab, { http: `server { listen PORT ssl; ${tls} return 200; }` }));
        },
      },
    ],
  },
];

/** A poller of something other than tentacle-ping. It stops by itself, after the checks of a busy machine. */
function pollerOf(lab: Lab, port: number): PollingPath {
  return { poll: startPoll(lab, port, ['--deadline', '6s']) };
}
