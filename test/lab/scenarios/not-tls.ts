import { writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import type { Lab } from '../lab.js';
import { greeter, tcpServer, tlsServer } from '../node-servers.js';
import type { Scenario } from '../scenario.js';
import { at, certificate, haproxy, nginx, stunnel } from '../servers.js';

/** Starts a component on a given port. @returns the port. */
async function onPort(lab: Lab, command: (port: number) => readonly string[]): Promise<number> {
  const port = await lab.freePort();
  lab.start(command(port));
  await lab.accepts(port);
  return port;
}

const python = (lab: Lab): Promise<number> =>
  onPort(lab, (port) => ['python3', '-m', 'http.server', '--bind', '127.0.0.1', String(port)]);

async function nodeHttp(lab: Lab): Promise<number> {
  const server = createHttpServer((_, response) => response.end('hello'));
  return tcpServer(lab, (socket) => void server.emit('connection', socket));
}

const tlsOf = async (lab: Lab): Promise<string> => {
  const { cert, key } = await certificate(lab, 'gateway.example');
  return `ssl_certificate ${cert}; ssl_certificate_key ${key};`;
};

/** Writes the configuration of a SOCKS proxy for every client. @returns its path. */
function danteConfiguration(lab: Lab, port: number): string {
  const file = join(lab.directory, 'danted.conf');
  const rules = ['client pass { from: 0/0 to: 0/0 }', 'socks pass { from: 0/0 to: 0/0 }'];
  const lines = [`internal: 127.0.0.1 port = ${port}`, 'external: lo', 'socksmethod: none', 'clientmethod: none'];
  writeFileSync(file, `${[...lines, ...rules].join('\n')}\n`);
  return file;
}

/** A MySQL greeting: length, number, protocol 10, version, and the rest. */
const MYSQL = Buffer.from(
  `4a0000000a${Buffer.from('8.0.36-0ubuntu0.22.04.1').toString('hex')}00${'11'.repeat(20)}`,
  'hex',
);

export const notTlsScenarios: readonly Scenario[] = [
  {
    id: '18-plain-http',
    title: 'a web server without TLS uses the port',
    needs: ['nginx', 'python3', 'lighttpd'],
    measured: 'tls.not-tls',
    variants: [
      { name: 'nginx', start: async (lab) => at(await nginx(lab, { http: 'server { listen PORT; return 204; }' })) },
      { name: 'Node, by name', start: async (lab) => ({ args: [`localhost:${await nodeHttp(lab)}`] }) },
      { name: 'Python, whose page has no headers', start: async (lab) => at(await python(lab)) },
      {
        name: 'lighttpd',
        start: async (lab) => {
          const file = (port: number): string => join(lab.directory, `lighttpd-${port}.conf`);
          const port = await lab.freePort();
          const lines = [
            `server.port = ${port}`,
            'server.bind = "127.0.0.1"',
            `server.document-root = "${lab.directory}"`,
          ];
          await writeFile(file(port), `${lines.join('\n')}\n`);
          lab.start(['lighttpd', '-D', '-f', file(port)]);
          await lab.accepts(port);
          return at(port);
        },
      },
    ],
  },
  {
    id: '19-ssh',
    title: 'an SSH server uses the port',
    needs: ['sshd', 'ssh-keygen'],
    measured: 'tls.not-tls',
    variants: [
      {
        name: 'OpenSSH',
        start: async (lab) => {
          const key = join(lab.directory, 'host_key');
          await lab.runLong(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key]);
          await mkdir('/run/sshd', { recursive: true });
          const conf = await lab.file(
            'sshd_config',
            `HostKey ${key}\nUsePAM no\nPidFile none\nListenAddress 127.0.0.1\n`,
          );
          return at(await onPort(lab, (port) => ['/usr/sbin/sshd', '-D', '-e', '-f', conf, '-p', String(port)]));
        },
      },
      { name: 'Dropbear', start: async (lab) => at(await greeter(lab, 'SSH-2.0-dropbear_2022.83\r\n')) },
      {
        name: 'a slow one',
        start: async (lab) =>
          at(
            await tcpServer(lab, (socket) => {
              socket.resume();
              setTimeout(() => void socket.write('SSH-2.0-Cisco-1.25\n'), 400);
            }),
          ),
      },
    ],
  },
  {
    id: '19-other-greetings',
    title: 'a server of another protocol uses the port and identifies itself',
    needs: [],
    measured: 'tls.not-tls',
    variants: [
      { name: 'SMTP', start: async (lab) => at(await greeter(lab, '220 mx1.example.org ESMTP Exim 4.96\r\n')) },
      {
        name: 'FTP',
        start: async (lab) => at(await greeter(lab, '220-FileZilla Server 1.7.3\r\n220 Please visit\r\n')),
      },
      { name: 'MySQL', start: async (lab) => at(await greeter(lab, MYSQL)) },
      { name: 'VNC', start: async (lab) => at(await greeter(lab, 'RFB 003.008\n')) },
      {
        name: 'SQL Server, which waits for the client',
        start: async (lab) => at(await greeter(lab, Buffer.from('0401001100000100aa0500', 'hex'), true)),
      },
      {
        name: 'SOCKS, which waits for the client',
        start: async (lab) => at(await greeter(lab, Buffer.of(5, 0xff), true)),
      },
      {
        name: 'Remote Desktop, which waits for the client',
        start: async (lab) =>
          at(await greeter(lab, Buffer.from('030000130ed000001234000300080005000000', 'hex'), true)),
      },
      {
        name: 'HTTP/2 without TLS',
        start: async (lab) =>
          at(await greeter(lab, Buffer.from('00000004000000000000000807000000000000000000000001', 'hex'))),
      },
    ],
  },
  {
    id: '19-silent-database',
    title: 'a server that closes on TLS uses the port',
    needs: ['socat'],
    measured: 'tls.closed',
    variants: [
      {
        name: 'socat, which echoes five bytes and ends',
        start: async (lab) =>
          at(
            await onPort(lab, (port) => [
              'socat',
              `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`,
              'EXEC:head -c 5',
            ]),
            '--timeout',
            '3s',
          ),
      },
      {
        name: 'a server of its own protocol (PostgreSQL, LDAP, MQTT)',
        start: async (lab) => at(await tcpServer(lab, (socket) => void socket.once('data', () => void socket.end()))),
      },
    ],
  },
  {
    id: '19-socks-proxy',
    title: 'a SOCKS proxy uses the port',
    needs: ['microsocks'],
    measured: 'tls.not-tls',
    variants: [
      {
        name: 'microsocks',
        start: async (lab) =>
          at(await onPort(lab, (port) => ['microsocks', '-i', '127.0.0.1', '-p', String(port)]), '--timeout', '3s'),
      },
    ],
  },
  {
    id: '19-socks-proxy-resets',
    title: 'a SOCKS proxy that ends connections of other protocols uses the port',
    needs: ['danted'],
    // It closes before it has read the whole hello, so that the system sends a reset.
    measured: 'tls.reset',
    alternative: 'tls.closed',
    variants: [
      {
        name: 'dante',
        start: async (lab) => at(await onPort(lab, (port) => ['danted', '-f', danteConfiguration(lab, port)])),
      },
    ],
  },
  {
    id: '19-silent-server',
    title: 'a server of another protocol waits for the rest of its request',
    needs: ['socat'],
    measured: 'tls.silent',
    variants: [
      {
        // Its requests end with a line feed; a hello without one is the beginning of a request. It closes hellos with one.
        name: 'a server that waits for the end of a line (Redis)',
        start: async (lab) => at(await tcpServer(lab, (socket) => void socket.resume()), '--timeout', '1s'),
      },
      {
        name: 'socat, which only reads',
        start: async (lab) =>
          at(
            await onPort(lab, (port) => [
              'socat',
              '-u',
              `TCP-LISTEN:${port},bind=127.0.0.1,fork,reuseaddr`,
              'OPEN:/dev/null',
            ]),
            '--timeout',
            '1s',
          ),
      },
    ],
  },
  {
    id: '20-captive-portal',
    title: 'a portal or proxy returns a page without TLS',
    needs: ['haproxy'],
    measured: 'tls.not-tls',
    variants: [
      {
        name: 'a log-in page as soon as the connection is established',
        start: async (lab) =>
          at(
            await greeter(
              lab,
              'HTTP/1.0 200 OK\r\nServer: CaptivePortal/2.1\r\n\r\n<html><head><title>Guest WiFi - please log in</title></head></html>',
            ),
          ),
      },
      {
        name: 'a redirect, after the first bytes',
        start: async (lab) =>
          at(
            await greeter(
              lab,
              'HTTP/1.1 302 Found\r\nLocation: https://login.zscaler.net/\r\nServer: Zscaler/6.2\r\nVia: 1.1 proxy7\r\nContent-Length: 0\r\n\r\n',
              true,
            ),
          ),
      },
      {
        name: 'haproxy in HTTP mode',
        start: async (lab) =>
          at(await haproxy(lab, 'frontend f\n  mode http\n  bind 127.0.0.1:PORT\n  http-request deny deny_status 403')),
      },
    ],
  },
  {
    id: '21-web-inside-tls',
    title: 'a web server or appliance with TLS replies in place of the Tentacle',
    needs: ['nginx', 'haproxy', 'openssl'],
    measured: 'identity.http',
    variants: [
      {
        name: 'nginx',
        start: async (lab) =>
          at(await nginx(lab, { http: `server { listen PORT ssl; ${await tlsOf(lab)} return 503; }` })),
      },
      {
        name: 'nginx with a page (HTTP 200)',
        start: async (lab) => {
          await lab.file('index.html', '<html><title>Welcome</title></html>');
          const site = `server { listen PORT ssl; ${await tlsOf(lab)} location / { root ${lab.directory}; } }`;
          return at(await nginx(lab, { http: site }));
        },
      },
      {
        // It waits for the headers of the HTTP request that it takes the identity for.
        name: 'Node, which waits for the rest of the request',
        start: async (lab) => {
          const web = createHttpServer((_, response) => response.end('<title>Welcome</title>'));
          const files = await certificate(lab, 'www.example');
          return at(
            await tlsServer(lab, files, {}, (socket) => void web.emit('connection', socket)),
            '--timeout',
            '2s',
          );
        },
      },
      {
        name: 'haproxy that denies',
        start: async (lab) => {
          const { pem } = await certificate(lab, 'waf.example');
          return at(
            await haproxy(
              lab,
              `frontend f\n  mode http\n  bind 127.0.0.1:PORT ssl crt ${pem}\n  http-request deny deny_status 403`,
            ),
          );
        },
      },
      {
        name: 'nginx that requires a client certificate of its own authority',
        start: async (lab) => {
          const { cert } = await certificate(lab, 'authority');
          const tls = `${await tlsOf(lab)} ssl_verify_client on; ssl_client_certificate ${cert};`;
          return at(await nginx(lab, { http: `server { listen PORT ssl; ${tls} return 200; }` }));
        },
      },
      {
        name: 'an appliance, by its page',
        start: async (lab) => {
          const { pem } = await certificate(lab, 'firewall.example');
          const page =
            'HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html><title>Web Page Blocked!</title><body>FortiGuard Intrusion Prevention - Access Blocked</body></html>';
          const portal = await greeter(lab, page, true);
          return {
            args: [
              `localhost:${await stunnel(lab, [`cert = ${pem}`, 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${portal}`])}`,
            ],
          };
        },
      },
    ],
  },
  {
    id: '22-offloaded-to-http',
    title: 'a device in between terminates TLS in front of a web server',
    needs: ['nginx', 'haproxy', 'stunnel4', 'python3', 'openssl'],
    measured: 'identity.http',
    variants: [
      {
        name: 'nginx stream, Node behind',
        start: async (lab) => {
          const target = await nodeHttp(lab);
          const stream = `server { listen PORT ssl; ${await tlsOf(lab)} proxy_pass 127.0.0.1:${target}; }`;
          return at(await nginx(lab, { stream }));
        },
      },
      {
        name: 'stunnel, Python behind, whose page has no headers',
        start: async (lab) => {
          const target = await python(lab);
          const { pem } = await certificate(lab, 'old.example');
          return at(await stunnel(lab, [`cert = ${pem}`, 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${target}`]));
        },
      },
      {
        // This sometimes happens with Python above: the second line arrives after it closed, and the reset discards its page.
        name: 'stunnel, and a server behind that closes before its page is transferred',
        start: async (lab) => {
          const target = await tcpServer(lab, (socket) => {
            socket.once('data', (first) => {
              if (first.toString('latin1').startsWith('GET '))
                socket.end('HTTP/1.1 200 OK\r\n\r\n<title>Files</title>');
              else socket.resetAndDestroy();
            });
          });
          const { pem } = await certificate(lab, 'old.example');
          return at(await stunnel(lab, [`cert = ${pem}`, 'accept = 127.0.0.1:PORT', `connect = 127.0.0.1:${target}`]));
        },
      },
      {
        name: 'haproxy, nginx behind, pong behind that',
        start: async (lab) => {
          const pong = await lab.pong();
          const web = await nginx(lab, {
            http: `server { listen PORT; location / { proxy_pass https://127.0.0.1:${pong}; } }`,
          });
          const { pem } = await certificate(lab, 'lb.example');
          return at(
            await haproxy(
              lab,
              `listen l\n  mode http\n  bind 127.0.0.1:PORT ssl crt ${pem}\n  server s 127.0.0.1:${web}`,
            ),
          );
        },
      },
    ],
  },
];
