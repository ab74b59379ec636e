import type { ConnectionFacts, ProxyFacts, Stage } from '../trace.js';
import type { ProxyAnswer } from '../wire/proxy-answer.js';
import { EXAMPLE_FACTS, exampleSymptom, firstHop, type Sighting, type Step, type Symptom } from './row.js';

const EXAMPLE_PROXY: ProxyFacts = { host: 'proxy.example', port: 3128 };

/** The proxy in a sentence: `the proxy proxy.example:3128 (192.0.2.3)`. */
export const theProxy = firstHop;

/** The same at the beginning of one. */
export function TheProxy(facts: ConnectionFacts): string {
  return theProxy(facts).replace(/^t/, 'T');
}

/** The failure is one of the leg to the proxy: the peer was not reached, and is innocent. */
export function isLeg({ facts }: Sighting): boolean {
  return facts.proxy !== undefined;
}

/** The proxy's answer, where it refused in HTTP. */
export function refusal({ symptom, facts }: Sighting): ProxyAnswer | undefined {
  return symptom.code === 'PROXY_REFUSED' ? facts.proxy?.answer : undefined;
}

/** What the proxy answered: `HTTP 403 Forbidden (X-Squid-Error: ERR_ACCESS_DENIED 0)`. */
export function answered(facts: ConnectionFacts): string {
  const answer = facts.proxy?.answer;
  if (answer === undefined) return 'nothing';
  const told = ['x-squid-error', 'proxy-status', 'server', 'via']
    .map((name) => [name, answer.headers[name]])
    .filter(([, value]) => value !== undefined)
    .map(([name = '', value]) => `${name.replaceAll(/\b\w/g, (letter) => letter.toUpperCase())}: ${value ?? ''}`);
  const page = answer.title === undefined || answer.title === '' ? [] : [`page "${answer.title}"`];
  const more = [...told, ...page];
  return `HTTP ${answer.status} ${answer.reason}`.trimEnd() + (more.length === 0 ? '' : ` (${more.join('; ')})`);
}

/** `host:port` as it can stand in a URL and in a command. */
export function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The proxy as it can stand in a command. */
export function proxyUrl({ proxy = EXAMPLE_PROXY }: ConnectionFacts): string {
  return `http://${hostAndPort(proxy)}`;
}

/** The step that tells where a tunnel fails: the same request by another tool, from the same machine. */
export function byHand(facts: ConnectionFacts): Step {
  // Without a password behind it, curl asks for one.
  const user = facts.proxy?.user === undefined ? '' : ` --proxy-user "${facts.proxy.user}"`;
  const command = `curl -v -k --proxy ${proxyUrl(facts)}${user} https://${hostAndPort(facts)}/`;
  return { who: 'you', action: 'See what the proxy says to another tool.', windows: command, linux: command };
}

/** The step for whoever looks after the proxy. */
export function atTheProxy(action: string): Step {
  return { who: 'network-team', action };
}

/** Where a tunnel was opened and what is in it fails: whom to ask as well. Nothing without a proxy. */
export function askTheProxyToo(facts: ConnectionFacts): Step[] {
  if (facts.proxy === undefined) return [];
  return [
    atTheProxy(
      `Look into the log of ${theProxy(facts)} too: some open the tunnel before they have reached the target, or look into it and cut.`,
    ),
  ];
}

/** The settings that name the proxy, at both ends. */
export function rightProxy(facts: ConnectionFacts): Step {
  return {
    who: 'server-admin',
    action: `Check host and port of the proxy, ${facts.proxy?.host ?? ''}:${facts.proxy?.port ?? ''}: in Octopus under Infrastructure, Machine Proxies; for a polling Tentacle with the command polling-proxy.`,
  };
}

/** An answer for an example. */
export function exampleAnswer(status: number, reason: string, more: Partial<ProxyAnswer> = {}): ProxyAnswer {
  return { status, reason, headers: {}, schemes: [], ...more };
}

/** A sighting for an example, on the leg to the proxy or behind it. */
export function proxyExample(
  shownAt: Stage,
  code: string,
  proxy: Partial<ProxyFacts> = {},
  symptom: Partial<Symptom> = {},
  facts: Partial<ConnectionFacts> = {},
): Sighting {
  const { address: _, ...leg } = EXAMPLE_FACTS;
  return {
    symptom: exampleSymptom(shownAt, code, symptom),
    facts: {
      ...(shownAt === 'dns' ? leg : { ...EXAMPLE_FACTS, address: '192.0.2.3' }),
      proxy: { ...EXAMPLE_PROXY, ...proxy },
      ...facts,
    },
  };
}
