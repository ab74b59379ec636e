import { X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from './lab.js';

/** A certificate and its key, in separate files and in one file. */
export interface Files {
  readonly cert: string;
  readonly key: string;
  readonly pem: string;
  readonly thumbprint: string;
}

/** Options for `openssl req`; RSA-2048 with SHA-256 by default. */
export interface CertificateOptions {
  readonly subject?: string;
  readonly newkey?: readonly string[];
  readonly digest?: string;
  /** The time at which it is created, simulated with faketime. */
  readonly at?: string;
  readonly days?: number;
  /** X.509 extensions as OpenSSL takes them: `subjectAltName=DNS:web01`. */
  readonly extensions?: readonly string[];
  /** The authority that signs it; self-signed by default. */
  readonly issuer?: Files;
}

/** Creates a certificate with openssl. */
export async function certificate(lab: Lab, name: string, options: CertificateOptions = {}): Promise<Files> {
  const {
    subject = `/CN=${name}`,
    newkey = ['rsa:2048'],
    digest = 'sha256',
    days = 3650,
    extensions = [],
    issuer,
    at,
  } = options;
  const [cert, key] = [join(lab.directory, `${name}.crt`), join(lab.directory, `${name}.key`)];
  const clock = at === undefined ? [] : ['faketime', at];
  const signer = issuer === undefined ? [] : ['-CA', issuer.cert, '-CAkey', issuer.key];
  const more = extensions.flatMap((extension) => ['-addext', extension]);
  const request = ['-newkey', ...newkey, '-nodes', '-keyout', key, '-out', cert, '-subj', subject, ...more];
  await lab.runLong([...clock, 'openssl', 'req', '-x509', ...request, `-${digest}`, '-days', String(days), ...signer]);
  return filesOf(lab, name, `${await readFile(key, 'utf8')}${await readFile(cert, 'utf8')}`, cert, key);
}

/** Returns the certificate and key of ping or pong in this lab. */
export async function ownFiles(lab: Lab, program: 'tentacle-ping' | 'tentacle-pong'): Promise<Files> {
  const file = join(lab.directory, program, 'identity.pem');
  return { cert: file, key: file, pem: file, thumbprint: thumbprint(await readFile(file, 'utf8')) };
}

async function filesOf(lab: Lab, name: string, text: string, cert: string, key: string): Promise<Files> {
  return { cert, key, pem: await lab.file(`${name}.pem`, text), thumbprint: thumbprint(text) };
}

function thumbprint(pem: string): string {
  const [certificate = ''] = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem) ?? [];
  return new X509Certificate(certificate).fingerprint.replaceAll(':', '');
}

/** Starts a pong that trusts only ping, or only another thumbprint. @returns its port. */
export async function pongThatTrusts(lab: Lab, trust?: string): Promise<number> {
  return lab.pong(['--trust', trust ?? (await ownFiles(lab, 'tentacle-ping')).thumbprint]);
}

/** Starts nginx with these blocks, in which `PORT` is replaced by its port. @returns the port. */
export async function nginx(lab: Lab, blocks: { readonly http?: string; readonly stream?: string }): Promise<number> {
  const port = await lab.freePort();
  const temp = join(lab.directory, `nginx-${port}`);
  await mkdir(temp);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${temp}/${name};`,
  );
  const conf = [
    'load_module /usr/lib/nginx/modules/ngx_stream_module.so;',
    `daemon off; user root; pid ${temp}/pid; error_log stderr; worker_processes 1; events {}`,
    ...(blocks.http === undefined ? [] : [`http { access_log off; ${paths.join(' ')} ${blocks.http} }`]),
    ...(blocks.stream === undefined ? [] : [`stream { ${blocks.stream} }`]),
  ].join('\n');
  const file = await lab.file(`nginx-${port}.conf`, `${conf.replaceAll('PORT', String(port))}\n`);
  lab.start(['nginx', '-e', 'stderr', '-c', file]);
  await lab.accepts(port);
  return port;
}

/** Starts haproxy with these lines, in which `PORT` is replaced by its port. @returns the port. */
export async function haproxy(lab: Lab, lines: string): Promise<number> {
  const port = await lab.freePort();
  const times = 'timeout connect 5s\n  timeout client 30s\n  timeout server 30s';
  const conf = `global\n  maxconn 100\ndefaults\n  ${times}\n${lines}\n`;
  lab.start(['haproxy', '-db', '-f', await lab.file(`haproxy-${port}.cfg`, conf.replaceAll('PORT', String(port)))]);
  await lab.accepts(port);
  return port;
}

/** Starts stunnel with one service of these lines, in which `PORT` is replaced by its port. @returns the port. */
export async function stunnel(lab: Lab, lines: readonly string[]): Promise<number> {
  const port = await lab.freePort();
  const conf = ['foreground = yes', 'pid =', 'syslog = no', 'debug = warning', '[one]', ...lines].join('\n');
  lab.start(['stunnel4', await lab.file(`stunnel-${port}.conf`, `${conf.replaceAll('PORT', String(port))}\n`)]);
  await lab.accepts(port);
  return port;
}

/** Starts `openssl s_server` with these options. @returns the port. */
export async function openssl(lab: Lab, files: Files, options: readonly string[]): Promise<number> {
  const command = ['openssl', 's_server', '-accept', '127.0.0.1:0', '-cert', files.cert, '-key', files.key];
  const [, port] = await lab.start([...command, ...options]).printed(/ACCEPT 127\.0\.0\.1:(\d+)/);
  return Number(port);
}

/** Starts mitmproxy in front of a port, for any bytes in TLS. It creates its own authority. @returns the port. */
export async function mitmproxy(lab: Lab, target: number, options: readonly string[] = []): Promise<number> {
  const port = await lab.freePort();
  const settings = [
    `confdir=${lab.directory}/mitmproxy`,
    'tcp_hosts=.*',
    'ssl_insecure=true',
    'connection_strategy=lazy',
  ];
  lab.start([
    'mitmdump',
    '--mode',
    `reverse:https://127.0.0.1:${target}`,
    '--listen-host',
    '127.0.0.1',
    '--listen-port',
    String(port),
    ...settings.flatMap((setting) => ['--set', setting]),
    ...options,
  ]);
  await lab.accepts(port);
  return port;
}

/** Returns the arguments for a port of this machine by its address. */
export function at(port: number, ...options: readonly string[]): { args: readonly string[] } {
  return { args: [`127.0.0.1:${port}`, ...options] };
}
