import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { readTextFile } from '../cli/read-text-file.js';
import { UsageError } from '../cli/usage-error.js';
import { quote } from '../text/sanitize.js';
import { describeSystemError } from '../text/system-error.js';
import { nowUs } from '../time/clock.js';
import { alternativeNames, comparableName } from './alternative-names.js';
import { type AuthResult, BasicAuth } from './basic-auth.js';
import { errorAt } from './file-position.js';
import { RequestLimit } from './request-limit.js';
import { OPEN, type WebConfig } from './web-config.js';
import type { ClientAuthType, PemSource, WebTlsConfig } from './web-tls-config.js';

/** A file with a hundred users and all headers is a tenth of it. */
const FILE_MAX_BYTES = 256 * 1024;

/** Tools that renew certificates replace files, and a handshake in the next seconds may still use the old ones. */
const WATCH_MS = 1000;

/** What is called when the files change while the port is open. */
export interface AccessObserver {
  readonly onReloaded: () => void;
  /** The former content stays in use. */
  readonly onProblem: (problem: string) => void;
}

/** The files of a port in use, read. */
interface Loaded {
  readonly config: WebConfig;
  readonly context?: SecureContextOptions;
}

/** Who may use a port, and how it is encrypted: a web configuration file, and the certificates that it names. */
export class WebAccess {
  readonly #file: string | undefined;
  readonly #option: string;
  readonly #auth = new BasicAuth();
  #loaded: Loaded;
  #limit: RequestLimit | undefined;
  #seen: string;
  /** Called when there is a new content. */
  onRenewed: () => void = () => undefined;

  private constructor(file: string | undefined, option: string, loaded: Loaded, seen: string) {
    this.#file = file;
    this.#option = option;
    this.#loaded = loaded;
    this.#limit = limitOf(loaded.config);
    this.#seen = seen;
  }

  /** @param file absent: no TLS, and any client. @param option its option, for errors. @throws UsageError */
  static async load(file: string | undefined, option = '--web-config'): Promise<WebAccess> {
    const loaded = await load(file, option);
    return new WebAccess(file, option, loaded, await stampOf(file, loaded.config));
  }

  /** Names of users are shown, their hashes are not. */
  get users(): readonly string[] {
    return [...this.#loaded.config.users.keys()];
  }

  get headers(): WebConfig['headers'] {
    return this.#loaded.config.headers;
  }

  /** Absent: no TLS. */
  get tls(): WebTlsConfig | undefined {
    return this.#loaded.config.tls;
  }

  get context(): SecureContextOptions | undefined {
    return this.#loaded.context;
  }

  /** Reads the files again. @throws UsageError; the former content stays in use. */
  async reload(): Promise<void> {
    const loaded = await load(this.#file, this.#option);
    const [tls, former] = [loaded.config.tls, this.tls];
    // Both are decided for a port when it is opened, as in Prometheus.
    if ((tls === undefined) !== (former === undefined))
      throw new UsageError(`${quote(this.#file ?? '')}: TLS is switched on or off by a restart only`);
    if (tls !== undefined && requestsCertificate(tls) !== requestsCertificate(former))
      throw new UsageError(`${quote(this.#file ?? '')}: a restart is needed to begin or end to request certificates`);
    this.#loaded = loaded;
    this.#limit = limitOf(loaded.config);
    this.onRenewed();
  }

  /** Whether a request is within the rate of the file. */
  allowsRequest(): boolean {
    return this.#limit?.take() ?? true;
  }

  /** Whether the credentials of a request are those of a user. */
  async authenticate({ headers }: Pick<IncomingMessage, 'headers'>): Promise<AuthResult> {
    return this.#auth.check(headers.authorization, this.#loaded.config.users);
  }

  /** Why a client's certificate is not as the file requires; undefined: it is. */
  denial(socket: Pick<TLSSocket, 'authorized' | 'authorizationError' | 'getPeerX509Certificate'>): string | undefined {
    const { clientAuthType, clientNames } = this.tls ?? {};
    if (clientAuthType === undefined || !DENYING_TYPES.includes(clientAuthType)) return undefined;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined)
      return clientAuthType === 'VerifyClientCertIfGiven' ? undefined : 'it has no certificate';
    if (clientAuthType === 'RequireAnyClientCert') return undefined;
    if (!socket.authorized)
      return `its certificate is not verified by client_ca_file (${String(socket.authorizationError)})`;
    return hasName(certificate.raw, clientNames) ? undefined : 'its certificate has no name of client_allowed_sans';
  }

  /** Reads the files again whenever one of them changes. @returns a function that ends this. */
  watch(observer: AccessObserver): () => void {
    if (this.#file === undefined) return () => undefined;
    const timer = setInterval(() => void this.#checkFiles(observer), WATCH_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  async #checkFiles({ onReloaded, onProblem }: AccessObserver): Promise<void> {
    const seen = await stampOf(this.#file, this.#loaded.config);
    if (seen === this.#seen) return;
    this.#seen = seen;
    try {
      await this.reload();
      // It may name other files now.
      this.#seen = await stampOf(this.#file, this.#loaded.config);
      onReloaded();
    } catch (error) {
      onProblem(error instanceof UsageError ? error.message : String(error));
    }
  }
}

/** Those with which a client may be rejected. */
const DENYING_TYPES: readonly ClientAuthType[] = [
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
];

/** Whether the handshake asks clients for a certificate. */
export function requestsCertificate(tls: WebTlsConfig | undefined): boolean {
  return tls !== undefined && tls.clientAuthType !== 'NoClientCert';
}

/** @param allowed absent: any name. */
function hasName(certificate: Uint8Array, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return true;
  const names = new Set(allowed.map(comparableName));
  return alternativeNames(certificate).some((name) => names.has(name));
}

function limitOf({ requestRate }: WebConfig): RequestLimit | undefined {
  return requestRate === undefined ? undefined : new RequestLimit(requestRate, nowUs);
}

async function load(file: string | undefined, option: string): Promise<Loaded> {
  if (file === undefined) return { config: OPEN };
  const remedy = "use a YAML file in the format of Prometheus' web configuration";
  const text = await readTextFile(file, { option, maxBytes: FILE_MAX_BYTES, remedy });
  // The parser is loaded only for a file.
  const { parseWebConfig } = await import('./web-config.js');
  const config = parseWebConfig(text, file);
  return config.tls === undefined ? { config } : { config, context: await contextOf(config.tls, file) };
}

async function contextOf(tls: WebTlsConfig, file: string): Promise<SecureContextOptions> {
  const read = async (source: PemSource): Promise<Buffer | string> =>
    'pem' in source
      ? source.pem
      : readFile(source.file).catch((error: unknown) => {
          throw errorAt(file, tls.at, `${quote(source.file)} cannot be read: ${describeSystemError(error)}`);
        });
  const { cert, key, clientCa, minVersion, maxVersion, ciphers, curves, prefersOwnCiphers } = tls;
  const context: SecureContextOptions = {
    cert: await read(cert),
    key: await read(key),
    minVersion,
    maxVersion,
    honorCipherOrder: prefersOwnCiphers,
    ...(clientCa === undefined ? {} : { ca: await read(clientCa) }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(curves === undefined ? {} : { ecdhCurve: curves }),
  };
  try {
    createSecureContext(context);
  } catch (error) {
    // Only the code: messages of OpenSSL are for those who know it.
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw errorAt(file, tls.at, `these files are not a certificate and its key in PEM format (${code})`);
  }
  return context;
}

/** Changes when one of the files is written or replaced. */
async function stampOf(file: string | undefined, { tls }: WebConfig): Promise<string> {
  const sources = [tls?.cert, tls?.key, tls?.clientCa].filter((source) => source !== undefined);
  const paths = sources.flatMap((source) => ('file' in source ? source.file : []));
  const files = file === undefined ? paths : [file, ...paths];
  const stamps = await Promise.all(
    files.map(async (path) =>
      stat(path, { bigint: true }).then(
        ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
        (error: unknown) => String((error as NodeJS.ErrnoException).code),
      ),
    ),
  );
  return stamps.join('\n');
}
