import { X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from './lab.js';

/** A certificate and its key, in one file each and in one together. */
export interface Files {
  readonly cert: string;
  readonly key: string;
  readonly pem: string;
  readonly thumbprint: string;
}

/** What `openssl req` is to make; RSA-2048 with SHA-256 unless told otherwise. */
export interface CertificateOptions {
  readonly subject?: string;
  readonly newkey?: readonly string[];
  readonly digest?: string;
  /** From days ago to days ahead, by a clock that is turned (faketime). */
  readonly at?: string;
  readonly days?: number;
  /** Signed by this authority in place of itself. */
  readonly issuer?: Files;
}

/** Make a certificate with openssl. */
export async function certificate(lab: Lab, name: string, wish: CertificateOptions = {}): Promise<Files> {
  const { subject = `/CN=${name}`, newkey = ['rsa:2048'], digest = 'sha256', days = 3650, issuer, at } = wish;
  const [cert, key] = [join(lab.directory, `${name}.crt`), join(lab.directory, `${name}.key`)];
  const clock = at === undefined ? [] : ['faketime', at];
  const signer = issuer === undefined ? [] : ['-CA', issuer.cert, '-CAkey', issuer.key];
  const made = ['-newkey', ...newkey, '-nodes', '-keyout', key, '-out', cert, '-subj', subject];
  await lab.runLong([...clock, 'openssl', 'req', '-x509', ...made, `-${digest}`, '-days', String(days), ...signer]);
  return filesOf(lab, name, `${await readFile(key, 'utf8')}${await readFile(cert, 'utf8')}`, cert, key);
}

/** The certificate that ping or pong has in this lab, with its key. */
export async function ownFiles(lab: Lab, who: 'tentacle-ping' | 'tentacle-pong'): Promise<Files> {
  const file = join(lab.directory, who, 'identity.pem');
  return { cert: file, key: file, pem: file, thumbprint: thumbprint(await readFile(file, 'utf8')) };
}

async function filesOf(lab: Lab, name: string, text: string, cert: string, key: string): Promise<Files> {
  return { cert, key, pem: await lab.file(`${name}.pem`, text), thumbprint: thumbprint(text) };
}

function thumbprint(pem: string): string {
  const [certificate = ''] = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem) ?? [];
  return new X509Certificate(certificate).fingerprint.replaceAll(':', '');
}

/** A pong that trusts ping alone, or what else is given. */
export async function pongThatTrusts(lab: Lab, trust?: string): Promise<number> {
  return lab.pong(['--trust', trust ?? (await ownFiles(lab, 'tentacle-ping')).thumbprint]);
}

/** An nginx with these blocks; `PORT` stands for the port that it gets. @returns the port. */
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

/** An haproxy with these lines; `PORT` stands for the port that it gets. @returns the port. */
export async function haproxy(lab: Lab, lines: string): Promise<number> {
  const port = await lab.freePort();
  const times = 'timeout connect 5s\n  timeout client 30s\n  timeout server 30s';
  const conf = `global\n  maxconn 100\ndefaults\n  ${times}\n${lines}\n`;
  lab.start(['haproxy', '-db', '-f', await lab.file(`haproxy-${port}.cfg`, conf.replaceAll('PORT', String(port)))]);
  await lab.accepts(port);
  return port;
}

/** A stunnel with one service of these lines; `PORT` stands for the port that it gets. @returns the port. */
export async function stunnel(lab: Lab, lines: readonly string[]): Promise<number> {
  const port = await lab.freePort();
  const conf = ['foreground = yes', 'pid =', 'syslog = no', 'debug = warning', '[one]', ...lines].join('\n');
  lab.start(['stunnel4', await lab.file(`stunnel-${port}.conf`, `${conf.replaceAll('PORT', String(port))}\n`)]);
  await lab.accepts(port);
  return port;
}

/** `openssl s_server` with these options. @returns the port. */
export async function openssl(lab: Lab, files: Files, options: readonly string[]): Promise<number> {
  const command = ['openssl', 's_server', '-accept', '127.0.0.1:0', '-cert', files.cert, '-key', files.key];
  const [, port] = await lab.start([...command, ...options]).printed(/ACCEPT 127\.0\.0\.1:(\d+)/);
  return Number(port);
}

/** A mitmproxy in front of a port, which takes any bytes in TLS. It makes itself an authority first. @returns the port. */
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

/** A target on this machine, by its address unless a name is wanted. */
export function at(port: number, ...options: readonly string[]): { args: readonly string[] } {
  return { args: [`127.0.0.1:${port}`, ...options] };
}
