import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentity } from 'tentacle-protocol';

/** The files of one run: identities that are generated once, and the records of every pong. */
export class AttackEnvironment {
  readonly #home: string;
  /** Arguments of the Node that runs pong. */
  readonly nodeArgs: readonly string[];
  /** Certificate and key of the attacker, which is another client than ping. */
  readonly pemFile: string;

  static async create(nodeArgs: readonly string[]): Promise<AttackEnvironment> {
    const { secureContextOptions: pem } = await createIdentity({ commonName: 'attacker' });
    const home = mkdtempSync(join(tmpdir(), 'tentacle-attack-'));
    const pemFile = join(home, 'attacker.pem');
    if (!('cert' in pem)) throw new Error('the identity is not in PEM format');
    writeFileSync(pemFile, `${pem.cert}\n${pem.key}`, { mode: 0o600 });
    return new AttackEnvironment(home, pemFile, nodeArgs);
  }

  private constructor(home: string, pemFile: string, nodeArgs: readonly string[]) {
    this.#home = home;
    this.pemFile = pemFile;
    this.nodeArgs = nodeArgs;
  }

  /** The environment variables of every process. */
  get env(): NodeJS.ProcessEnv {
    return { XDG_CONFIG_HOME: this.#home, TENTACLE_PASSPHRASE: undefined };
  }

  file(name: string): string {
    return join(this.#home, name);
  }

  clear(): void {
    rmSync(this.#home, { recursive: true });
  }
}
