import { isIP } from 'node:net';
import type { HttpProxy } from '../net/http-connect.js';
import { chooseProxy } from './choose-proxy.js';
import type { Environment } from './environment.js';
import type { ParsedOptions } from './parse.js';
import { excepts } from './proxy-environment.js';

/** Returns the proxy for a target, if any. */
export type ProxyFor = (target: { readonly host: string; readonly port: number }) => HttpProxy | undefined;

/** A target that no exclusion list names: whether a password is needed is asked once, before the checks. */
const ANY_TARGET = { host: '', port: 0 };

/**
 * The proxies that `--proxy` selects. With `env`, each target has the one that the environment selects for it.
 * @throws UsageError for a value that cannot be used, in one line without any password.
 */
export async function chooseProxies(
  options: ParsedOptions,
  { env, askHidden }: Pick<Environment, 'env' | 'askHidden'>,
): Promise<ProxyFor> {
  const { proxy } = await chooseProxy(options, ANY_TARGET, { env }, askHidden);
  if (options.value('proxy') !== 'env') return () => proxy;
  const exclusions = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  return (target) => (excepts(exclusions, target) || isLoopback(target.host) ? undefined : proxy);
}

/** No proxy leads to this machine. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.')) || host === '::1';
}
