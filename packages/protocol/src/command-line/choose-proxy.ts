import type { HttpProxy } from '../transport/proxy.js';
import type { Surroundings } from '../trust/configuration-directory.js';
import { Secret } from '../trust/secret.js';
import type { Given } from './parse.js';
import { firstLineOf } from './passphrase.js';
import { parseProxy } from './proxy-address.js';
import { proxyFromEnvironment, type ProxyVariable, proxyVariables } from './proxy-environment.js';
import { UsageError } from './usage-error.js';

/** A command line is seen by every account of the machine, so the password has no option of its own. */
const VARIABLE = 'TENTACLE_PROXY_PASSWORD';

/** Whether to go through a proxy, and what the environment says of proxies, used or not. */
export interface ProxyChoice {
  readonly proxy?: HttpProxy;
  /** What decided: `--proxy`, or a variable of the environment. */
  readonly by?: string;
  readonly variables: readonly ProxyVariable[];
}

/** Asks a person, without showing what is typed; undefined when they would not say. */
export type AskHidden = (question: string) => Promise<string | undefined>;

/**
 * The proxy that was asked for, with the password from wherever it is to come.
 * @param ask where there is a person to ask.
 * @throws UsageError for what cannot be used, in one line that holds no password.
 */
export async function chooseProxy(
  given: Given,
  target: { readonly host: string; readonly port: number },
  { env }: Pick<Surroundings, 'env'>,
  ask?: AskHidden,
): Promise<ProxyChoice> {
  const variables = proxyVariables(env);
  const { by, proxy } = named(given.one('proxy') ?? 'none', target, env);
  const file = given.one('proxy-password-file');
  if (proxy?.user === undefined) {
    if (file !== undefined)
      throw new UsageError('--proxy-password-file needs a user: write --proxy http://user@host:port');
    return { variables, ...(by === undefined ? {} : { by }), ...(proxy === undefined ? {} : { proxy }) };
  }
  const password = await passwordOf(proxy, file, env, ask);
  return { variables, ...(by === undefined ? {} : { by }), proxy: { ...proxy, password } };
}

function named(
  text: string,
  target: { readonly host: string; readonly port: number },
  env: Surroundings['env'],
): { by?: string; proxy?: HttpProxy } {
  if (text === 'none') return {};
  if (text === 'env') return proxyFromEnvironment(env, target);
  return { by: '--proxy', proxy: parseProxy(text, { name: '--proxy', mayHoldPassword: false }) };
}

/** From the file, the variable, the environment's own URL, or a person. */
async function passwordOf(
  { user = '', host, port, password }: HttpProxy,
  file: string | undefined,
  env: Surroundings['env'],
  ask: AskHidden | undefined,
): Promise<Secret> {
  if (file !== undefined) return new Secret(await firstLineOf(file, '--proxy-password-file'));
  const set = env[VARIABLE];
  if (set !== undefined && set !== '') return new Secret(set);
  if (password !== undefined) return password;
  const typed = await ask?.(`Password of ${user} at the proxy ${host}:${port}: `);
  if (typed !== undefined) return new Secret(typed);
  throw new UsageError(`no password for the proxy's user; set ${VARIABLE} or give --proxy-password-file`);
}
