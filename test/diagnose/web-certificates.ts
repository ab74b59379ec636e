import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_KEY } from '../identities.js';

/** How a certificate is issued; absent: for localhost, by the intermediate authority, with SHA-256 and today's dates. */
export interface CertificateRequest {
  readonly subject?: string;
  /** Subject alternative names as OpenSSL takes them; empty: none. */
  readonly names?: string;
  readonly extensions?: string;
  readonly digest?: 'sha1' | 'sha256';
  readonly keyBits?: number;
  /** Validity; a negative number ended that many days ago. */
  readonly days?: number;
  readonly by?: 'root' | 'intermediate' | 'itself';
}

/** A certificate and its key, in PEM. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority with a root and an intermediate certificate, made with the openssl command. */
export class TestAuthority {
  readonly #directory = mkdtempSync(join(tmpdir(), 'authority-'));
  readonly root: string;
  readonly intermediate: string;

  constructor(name = 'Test') {
    writeFileSync(this.#at('key.pem'), TEST_KEY);
    writeFileSync(this.#at('ca.txt'), 'basicConstraints=critical,CA:true');
    this.#openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      'key.pem',
      '-subj',
      `/CN=${name} Root`,
      '-days',
      '9',
      '-out',
      'root.pem',
    );
    this.#openssl('req', '-new', '-key', 'key.pem', '-subj', `/CN=${name} Issuing`, '-out', 'request.pem');
    this.#sign('root', 'intermediate', ['-days', '9', '-extfile', 'ca.txt']);
    this.root = this.#read('root.pem');
    this.intermediate = this.#read('intermediate.pem');
  }

  /** Issues a certificate. */
  issue({ subject = 'localhost', names = 'DNS:localhost', extensions = '', ...rest }: CertificateRequest = {}) {
    const { digest = 'sha256', keyBits, days = 9, by = 'intermediate' } = rest;
    writeFileSync(this.#at('leaf-key.pem'), TEST_KEY);
    if (keyBits !== undefined) this.#openssl('genrsa', '-out', 'leaf-key.pem', String(keyBits));
    const san = names === '' ? '' : `subjectAltName=${names}\n`;
    writeFileSync(this.#at('leaf.txt'), `${san}${extensions}\n`);
    this.#openssl('req', '-new', '-key', 'leaf-key.pem', '-subj', `/CN=${subject}`, '-out', 'request.pem');
    const options = [`-${digest}`, '-days', String(days), '-extfile', 'leaf.txt'];
    if (by === 'itself') {
      const self = ['-req', '-in', 'request.pem', '-signkey', 'leaf-key.pem', '-out', 'leaf.pem'];
      this.#openssl('x509', ...self, ...options);
    } else this.#sign(by, 'leaf', options);
    return { cert: this.#read('leaf.pem'), key: this.#read('leaf-key.pem') } satisfies IssuedCertificate;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }

  #sign(by: string, name: string, options: readonly string[]): void {
    const signer = ['-CA', `${by}.pem`, '-CAkey', 'key.pem', '-CAcreateserial'];
    this.#openssl('x509', '-req', '-in', 'request.pem', ...signer, '-out', `${name}.pem`, ...options);
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.#directory, stdio: 'pipe' });
  }

  #at(name: string): string {
    return join(this.#directory, name);
  }

  #read(name: string): string {
    return readFileSync(this.#at(name), 'utf8');
  }
}
