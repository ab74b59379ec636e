import { createConnection } from 'node:net';
import { onTestFinished, describe, expect, it } from 'vitest';
import { command, startPong } from '../binaries/command.js';
import { ESTABLISHED, proxyThat } from '../peers/proxies.js';
import { tcpPeer } from '../peers/tcp-peer.js';
import { OPEN_RULES, squid, squidHere, squidWithUser, tinyproxy, tinyproxyHere } from '../proxy/real-proxies.js';
import { itWith } from '../real-components.js';
import { checksOf, found } from './endpoint-checks.js';
import { pollingPort } from './polling-port.js';

/** A load balancer that takes turns. */
async function roundRobin(ports: readonly number[]): Promise<number> {
  let turn = 0;
  const { port } = await tcpPeer((socket) => {
    const node = createConnection({ host: '127.0.0.1', port: ports[turn++ % ports.length] ?? 0 });
    node.on('error', () => socket.destroy());
    socket.on('close', () => node.destroy());
    socket.pipe(node).pipe(socket);
  });
  return port;
}

const polled = (port: number, thumbprint = '') => [
  { servers: [{ thumbprint, style: 'polling', address: `https://localhost:${port}/` } as const] },
];

describe('the polling port', () => {
  it('is recognized by its page and thumbprint', async () => {
    const { port, thumbprint } = await pollingPort('Octopus Portal');
    const checks = await checksOf({ instances: polled(port, thumbprint.toLowerCase()) });
    expect(found(checks)).toEqual(['ok polling.ok']);
    expect(checks[0]?.endpoint).toMatchObject({ thumbprint, from: 'direct', use: 'polling', port });
  });

  it('with another certificate than the configured one is a problem', async () => {
    const { port } = await pollingPort('Octopus Portal');
    const checks = await checksOf({ instances: polled(port, 'A'.repeat(40)) });
    expect(found(checks)).toEqual(['problem trust.unexpected-thumbprint']);
  });

  it('may present any of several configured certificates', async () => {
    const { port, thumbprint } = await pollingPort('Octopus Portal');
    const instances = [...polled(port, 'A'.repeat(40)), ...polled(port, thumbprint)];
    expect(found(await checksOf({ instances }))).toEqual(['ok polling.ok']);
  });

  it('of two servers behind a load balancer is noticed, by turns', async () => {
    const nodes = [await pollingPort('one'), await pollingPort('two')];
    const port = await roundRobin(nodes.map((node) => node.port));
    const checks = await checksOf({ instances: polled(port) });
    expect(found(checks)).toEqual(['ok polling.ok', 'problem poll.several-servers']);
    const several = checks.find(({ id }) => id === 'poll.several-servers');
    for (const { thumbprint } of nodes) expect(several?.evidence.join('\n')).toContain(thumbprint);
  });

  it('of two nodes of which one does not work shows both results', async () => {
    const node = await pollingPort('one');
    const { port: dead } = await tcpPeer((socket) => void socket.destroy());
    const port = await roundRobin([node.port, dead]);
    const ids = found(await checksOf({ instances: polled(port) }));
    expect(ids[0]).toBe('ok polling.ok');
    expect(ids[1]).toMatch(/^problem tls\./);
  });

  it('of two nodes with the same certificate is not reported', async () => {
    const node = await pollingPort('one');
    const port = await roundRobin([node.port, node.port]);
    expect(found(await checksOf({ instances: polled(port) }))).toEqual(['ok polling.ok']);
  });

  it('that belongs to a listening Tentacle is named', async () => {
    const { port } = await pollingPort('Octopus Tentacle', '<p>Octopus Tentacle configured successfully</p>');
    expect(found(await checksOf({ instances: polled(port) }))).toEqual(['problem poll.wrong-role']);
  });

  it('that belongs to a web server or to the portal is named', async () => {
    const web = await pollingPort('web', 'HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<title>Welcome to nginx!</title>');
    expect(found(await checksOf({ instances: polled(web.port) }))).toEqual(['problem identity.http']);
    const portal = await pollingPort('web', 'HTTP/1.1 302 Found\r\nOctopus-Node: one\r\n\r\n');
    expect(found(await checksOf({ instances: polled(portal.port) }))).toEqual(['problem identity.octopus-portal']);
  });

  it('whose address is not valid is a problem', async () => {
    const servers = [{ thumbprint: '', style: 'polling', address: 'https://octopus example/' } as const];
    expect(found(await checksOf({ instances: [{ servers }] }))).toEqual([
      'problem endpoint.address-invalid',
      'skipped endpoint.none-needed',
    ]);
  });

  it('of tentacle-ping listen', async () => {
    const listener = command('ping', ['listen', '0', '--bind', '127.0.0.1', '--json']);
    onTestFinished(() => void listener.process.kill());
    const [, port] = await listener.printed(/(?:port |:)(\d{4,5})\b/);
    expect(found(await checksOf({ servers: [`https://polling.localhost:${port ?? ''}`] }))).not.toEqual([]);
    expect(found(await checksOf({ instances: polled(Number(port)) }))).toEqual(['ok polling.ok']);
  });
});

describe('through a proxy', () => {
  for (const [name, component, start] of [
    ['squid', squidHere, () => squid(OPEN_RULES)],
    ['tinyproxy', tinyproxyHere, () => tinyproxy([])],
  ] as const) {
    itWith(component, `of ${name}, both paths are tested`, async () => {
      const { port, thumbprint } = await pollingPort('Octopus Portal');
      const { host, port: proxyPort } = await start();
      const pollingProxy = { use: 'custom', host, port: proxyPort } as const;
      const checks = await checksOf({ instances: polled(port, thumbprint).map((one) => ({ ...one, pollingProxy })) });
      expect(found(checks)).toEqual(['ok polling.ok', 'ok polling.ok']);
      expect(checks.map(({ endpoint }) => endpoint?.from).sort()).toEqual([`${host}:${proxyPort}`, 'direct']);
    });
  }

  itWith(squidHere, 'the endpoints of --server are tested with the proxies of the instance', async () => {
    const { port } = await pollingPort('Octopus Portal');
    const { host, port: proxyPort } = await squid(OPEN_RULES);
    const pollingProxy = { use: 'custom', host, port: proxyPort } as const;
    const checks = await checksOf({ servers: [`polling://localhost:${port}`], instances: [{ pollingProxy }] });
    expect(found(checks)).toEqual(['ok polling.ok', 'ok polling.ok']);
  });

  itWith(squidHere, 'that forbids the port, the proxy is the problem', async () => {
    const { port } = await pollingPort('Octopus Portal');
    const proxy = await squid(['acl safe port 443', 'http_access deny CONNECT !safe', 'http_access allow all']);
    const checks = await checksOf({ instances: polled(port), proxy });
    expect(found(checks)).toEqual(['ok polling.ok', 'problem proxy.denied']);
  });

  it('a failing direct path is skipped where the proxy works', async () => {
    const { port } = await pollingPort('Octopus Portal');
    // Whatever its target, each tunnel leads to the polling port: a name that only the proxy knows.
    const proxy = await proxyThat((socket) => {
      const node = createConnection({ host: '127.0.0.1', port });
      node.on('error', () => socket.destroy());
      socket.on('close', () => node.destroy());
      node.on('connect', () => {
        socket.write(ESTABLISHED);
        socket.pipe(node).pipe(socket);
      });
    });
    const servers = [{ thumbprint: '', style: 'polling', address: 'https://octopus.invalid:10943/' } as const];
    const checks = await checksOf({ instances: [{ servers }], proxy: proxy.address });
    expect(found(checks)).toEqual(['ok polling.ok', 'skipped dns.not-found']);
  });

  itWith(squidHere, 'whose password is in the configuration only, nothing is sent to it', async () => {
    const { port } = await pollingPort('Octopus Portal');
    const { host, port: proxyPort } = await squidWithUser('octopus', 'canary-7be1');
    const pollingProxy = { use: 'custom', host, port: proxyPort, user: 'octopus' } as const;
    const checks = await checksOf({ instances: polled(port).map((one) => ({ ...one, pollingProxy })) });
    expect(found(checks)).toEqual(['ok polling.ok', 'unknown endpoint.proxy-password']);
  });
});

describe('which endpoints are needed', () => {
  it('none of a listening Tentacle, and none where nothing is configured', async () => {
    const servers = [{ thumbprint: 'A'.repeat(40), style: 'listening' } as const];
    expect(found(await checksOf({ instances: [{ listens: true, servers }] }))).toEqual([
      'skipped endpoint.none-needed',
    ]);
    expect(found(await checksOf({}))).toEqual(['skipped endpoint.none-needed']);
  });

  it('with --server, a listening Tentacle may do without polling, WebSockets and gRPC', async () => {
    const servers = [{ thumbprint: 'A'.repeat(40), style: 'listening' } as const];
    const checks = await checksOf({ servers: ['https://localhost:1'], instances: [{ listens: true, servers }] });
    expect(found(checks)).toEqual([
      'problem tcp.refused',
      'skipped tcp.refused',
      'skipped tcp.refused',
      'skipped tcp.refused',
    ]);
  });
});

describe('listening Tentacles of a list', () => {
  it('are tested by name, port and thumbprint', async () => {
    const pong = await startPong();
    onTestFinished(() => void pong.process.kill());
    const server = await pollingPort('Octopus Portal');
    const targets = [
      { host: 'localhost', port: pong.port, name: 'web01' },
      { host: 'localhost', port: pong.port, thumbprint: 'A'.repeat(40) },
      { host: 'localhost', port: server.port },
      { host: 'localhost', port: 1 },
    ];
    const checks = await checksOf({ side: 'server', targets: { targets, left: { polling: 2 } } });
    const ofTargets = checks.filter(({ endpoint }) => endpoint?.use === 'tentacle');
    expect(found(ofTargets)).toEqual([
      'ok target.ok',
      'problem identity.octopus-server',
      'problem tcp.refused',
      'problem trust.unexpected-thumbprint',
    ]);
    expect(ofTargets.find(({ id }) => id === 'target.ok')?.evidence).toContain('target web01');
    expect(found(checks)).toContain('skipped target.left-out');
  });
});
