import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Lab } from '../lab/lab.js';
import { type Component, program } from '../real-components.js';

/** A real proxy, or another server in its place, that runs until the end of the test. */
export interface RealProxy {
  readonly host: string;
  readonly port: number;
}

const HOST = '127.0.0.1';

/** The path of squid's helper on Debian. */
const BASIC_AUTH = '/usr/lib/squid/basic_ncsa_auth';

export const squidHere = all('squid', 'htpasswd');
export const tinyproxyHere = program('tinyproxy');

/** Requires all of these programs. */
export function all(...names: readonly string[]): Component {
  return names.map(program).find(({ missing }) => missing !== undefined) ?? { name: names.join(), missing: undefined };
}

/** Opens a lab that ends with the running test. */
export async function labOfTest(): Promise<Lab> {
  const lab = await Lab.open();
  onTestFinished(() => lab.end());
  return lab;
}

/** Debian's default rules: CONNECT to port 443 only. */
export const STOCK_RULES = [
  'acl SSL_ports port 443',
  'acl CONNECT method CONNECT',
  'http_access deny CONNECT !SSL_ports',
  'http_access allow localhost',
  'http_access deny all',
];

export const OPEN_RULES = ['http_access allow localhost', 'http_access deny all'];

/** Starts squid in the foreground, with these lines in addition to a minimal configuration. */
export async function squid(rules: readonly string[], lab?: Lab): Promise<RealProxy> {
  const here = lab ?? (await labOfTest());
  const port = await here.freePort();
  const lines = [
    `http_port ${HOST}:${port}`,
    // As root it switches to another account, which has no write access here.
    'pid_filename none',
    'cache_log /dev/null',
    'access_log none',
    'netdb_filename none',
    'coredump_dir none',
    'cache deny all',
    'cache_mem 8 MB',
    'pinger_enable off',
    'shutdown_lifetime 0 seconds',
    'visible_hostname squid.example',
    ...rules,
  ];
  const file = await here.file(`squid-${port}.conf`, `${lines.join('\n')}\n`);
  const { process } = here.start(['squid', '-N', '-f', file]);
  // A normal shutdown takes two seconds and is not needed.
  here.onClose(() => void process.kill('SIGKILL'));
  await here.accepts(port);
  return { host: HOST, port };
}

/** Starts squid with one user and a password. */
export async function squidWithUser(user: string, password: string, lab?: Lab): Promise<RealProxy> {
  const here = lab ?? (await labOfTest());
  // The helper reads the file with squid's account.
  const directory = await mkdtemp(join(tmpdir(), 'tentacle-squid-'));
  here.onClose(() => rm(directory, { recursive: true }));
  await chmod(directory, 0o755);
  const users = join(directory, 'users');
  await writeFile(users, here.run(['htpasswd', '-nbm', user, password]), { mode: 0o644 });
  return squid(
    [
      `auth_param basic program ${BASIC_AUTH} ${users}`,
      'auth_param basic children 1',
      'auth_param basic realm squid, "and" more',
      'acl known proxy_auth REQUIRED',
      'http_access allow known',
      'http_access deny all',
    ],
    here,
  );
}

export async function tinyproxy(lines: readonly string[], lab?: Lab): Promise<RealProxy> {
  const here = lab ?? (await labOfTest());
  const port = await here.freePort();
  const conf = [`Port ${port}`, `Listen ${HOST}`, 'Timeout 60', 'MaxClients 10', `Allow ${HOST}`, ...lines];
  const file = await here.file(`tinyproxy-${port}.conf`, `${conf.join('\n')}\n`);
  here.start(['tinyproxy', '-d', '-c', file]);
  await here.accepts(port);
  return { host: HOST, port };
}

/** Starts HAProxy with these lines as its only section; `bind` is added. */
export async function haproxy(lines: readonly string[]): Promise<RealProxy> {
  const lab = await labOfTest();
  const port = await lab.freePort();
  const defaults = [
    'defaults',
    ' mode http',
    ' timeout client 5s',
    ' timeout server 5s',
    ' timeout connect 500ms',
    ' retries 0',
  ];
  const conf = [...defaults, 'listen it', ` bind ${HOST}:${port}`, ...lines.map((line) => ` ${line}`)];
  lab.start(['haproxy', '-db', '-f', await lab.file('haproxy.cfg', `${conf.join('\n')}\n`)]);
  await lab.accepts(port);
  return { host: HOST, port };
}

/** Starts an ordinary web server. */
export async function nginx(): Promise<RealProxy> {
  const lab = await labOfTest();
  const port = await lab.freePort();
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${lab.directory}/${name};`,
  );
  const server = `server { listen ${HOST}:${port}; location / { root ${lab.directory}; } }`;
  const conf = `daemon off; pid ${lab.directory}/pid; error_log stderr; events {}\nhttp { access_log off; ${temp.join(' ')} ${server} }\n`;
  lab.start(['nginx', '-c', await lab.file('nginx.conf', conf)]);
  await lab.accepts(port);
  return { host: HOST, port };
}

export async function microsocks(): Promise<RealProxy> {
  const lab = await labOfTest();
  const port = await lab.freePort();
  lab.start(['microsocks', '-i', HOST, '-p', String(port)]);
  await lab.accepts(port);
  return { host: HOST, port };
}

/** Starts Dante, a common SOCKS server. */
export async function dante(): Promise<RealProxy> {
  const lab = await labOfTest();
  const port = await lab.freePort();
  const lines = [
    'logoutput: stderr',
    `internal: ${HOST} port = ${port}`,
    'external: lo',
    'clientmethod: none',
    'socksmethod: none',
    `client pass { from: ${HOST}/32 to: 0.0.0.0/0 }`,
    `socks pass { from: ${HOST}/32 to: 0.0.0.0/0 }`,
  ];
  const file = await lab.file('danted.conf', `${lines.join('\n')}\n`);
  lab.start(['danted', '-f', file, '-p', join(lab.directory, 'danted.pid')]);
  await lab.accepts(port);
  return { host: HOST, port };
}
