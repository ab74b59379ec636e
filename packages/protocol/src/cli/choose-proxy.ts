import type { HttpProxy } from '../net/http-connect.js';
import type { AskHidden, Environment } from './environment.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { Secret } from '../identity/secret.js';
import type { ParsedOptions } from './parse.js';
import { firstLineOf } from './passphrase.js';
import { parseProxy } from './proxy-address.js';
import { proxyFromEnvironment, type ProxyVariable, proxyVariables } from './proxy-environment.js';
import { UsageError } from './usage-error.js';

/** The password has no option of its own, because every account of a machine can read a command line. */
const VARIABLE = 'TENTACLE_PROXY_PASSWORD';

/** The proxy to connect through, if any, and the proxy variables of the environment, used or not. */
export interface ProxyChoice {
  readonly proxy?: HttpProxy;
  /** What selected it: `--proxy`, or a variable of the environment. */
  readonly by?: string;
  readonly variables: readonly ProxyVariable[];
}

/**
 * The proxy that the options select, with its password from a file, a variable or a person.
 * @param ask absent without a person to ask.
 * @throws UsageError for a value that cannot be used, in one line without any password.
 */
export async function chooseProxy(
  options: ParsedOptions,
  target: { readonly host: string; readonly port: number },
  { env }: Pick<Environment, 'env'>,
  ask?: AskHidden,
): Promise<ProxyChoice> {
  const variables = proxyVariables(env);
  const { by, proxy } = selectProxy(options.value('proxy') ?? 'none', target, env);
  const file = options.value('proxy-password-file');
  if (proxy?.user === undefined) {
    if (file !== undefined)
      throw new UsageError('--proxy-password-file needs a user; use --proxy http://user@host:port');
    return omitUndefined({ variables, by, proxy });
  }
  const password = await passwordOf(proxy, file, env, ask);
  return omitUndefined({ variables, by, proxy: { ...proxy, password } });
}

function selectProxy(
  text: string,
  target: { readonly host: string; readonly port: number },
  env: Environment['env'],
): { by?: string; proxy?: HttpProxy } {
  if (text === 'none') return {};
  if (text === 'env') return proxyFromEnvironment(env, target);
  return { by: '--proxy', proxy: parseProxy(text, { name: '--proxy', mayHoldPassword: false }) };
}

/** The password from the file, the variable, the URL in the environment, or a person, in this order. */
async function passwordOf(
  { user = '', host, port, password }: HttpProxy,
  file: string | undefined,
  env: Environment['env'],
  ask: AskHidden | undefined,
): Promise<Secret> {
  if (file !== undefined) return new Secret(await firstLineOf(file, '--proxy-password-file'));
  const set = env[VARIABLE];
  if (set !== undefined && set !== '') return new Secret(set);
  if (password !== undefined) return password;
  const typed = await ask?.(`Password of ${user} at the proxy ${host}:${port}: `);
  if (typed !== undefined) return new Secret(typed);
  throw new UsageError(`the proxy's user has no password; set ${VARIABLE} or use --proxy-password-file`);
}
