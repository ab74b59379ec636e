import type { ConnectionFacts, ProxyFacts, Stage } from '../trace.js';
import type { ProxyAnswer } from '../wire/proxy-answer.js';
import type { Ends } from './ends.js';
import { EXAMPLE_FACTS, exampleSymptom, firstHop, hostAndPort, type Sighting, type Step, type Symptom } from './row.js';

const EXAMPLE_PROXY: ProxyFacts = { host: 'proxy.example', port: 3128 };

/** The proxy in a sentence: `the proxy proxy.example:3128 (192.0.2.3)`. */
export const theProxy = firstHop;

/** The same at the beginning of a sentence. */
export function TheProxy(facts: ConnectionFacts): string {
  return theProxy(facts).replace(/^t/, 'T');
}

/** Whether the failure lies between here and the proxy: the peer was not reached, and is not at fault. */
export function isLeg({ facts }: Sighting): boolean {
  return facts.proxy !== undefined;
}

/** The proxy's HTTP response, where that is a refusal. */
export function refusal({ symptom, facts }: Sighting): ProxyAnswer | undefined {
  return symptom.code === 'PROXY_REFUSED' ? facts.proxy?.answer : undefined;
}

/** What the proxy returned: `HTTP 403 Forbidden (X-Squid-Error: ERR_ACCESS_DENIED 0)`. */
export function answered(facts: ConnectionFacts): string {
  const answer = facts.proxy?.answer;
  if (answer === undefined) return 'nothing';
  const headers = ['x-squid-error', 'proxy-status', 'server', 'via']
    .map((name) => [name, answer.headers[name]])
    .filter(([, value]) => value !== undefined)
    .map(([name = '', value]) => `${name.replaceAll(/\b\w/g, (letter) => letter.toUpperCase())}: ${value ?? ''}`);
  const page = answer.title === undefined || answer.title === '' ? [] : [`page "${answer.title}"`];
  const details = [...headers, ...page];
  return `HTTP ${answer.status} ${answer.reason}`.trimEnd() + (details.length === 0 ? '' : ` (${details.join('; ')})`);
}

/** The proxy as a URL for a command. */
export function proxyUrl({ proxy = EXAMPLE_PROXY }: ConnectionFacts): string {
  return `http://${hostAndPort(proxy)}`;
}

/** The same request by another tool from the same machine, which shows where a tunnel fails. */
export function byHand(facts: ConnectionFacts): Step {
  // Without a password after it, curl prompts for one.
  const user = facts.proxy?.user === undefined ? '' : ` --proxy-user "${facts.proxy.user}"`;
  const command = `curl -v -k --proxy ${proxyUrl(facts)}${user} https://${hostAndPort(facts)}/`;
  return { who: 'you', action: 'Check how the proxy responds to another tool.', windows: command, linux: command };
}

/** A step for the team that runs the proxy. */
export function atTheProxy(action: string): Step {
  return { who: 'network-team', action };
}

/** The proxy's log, where a tunnel was opened and the connection in it fails. No step without a proxy. */
export function askTheProxyToo(facts: ConnectionFacts): Step[] {
  if (facts.proxy === undefined) return [];
  return [
    atTheProxy(
      `Check the log of ${theProxy(facts)} too: some proxies open the tunnel before they have reached the target, or inspect it and cut it.`,
    ),
  ];
}

/** The settings that name the proxy. */
export function rightProxy(facts: ConnectionFacts, { here }: Ends): Step {
  const { name: _, ...commands } = here.peerSettings;
  return {
    who: here.administrator,
    action: `Check the host and port of the proxy, ${hostAndPort(facts.proxy ?? EXAMPLE_PROXY)}, in ${here.proxySettings.name}.`,
    ...commands,
  };
}

/** A response for an example. */
export function exampleAnswer(status: number, reason: string, more: Partial<ProxyAnswer> = {}): ProxyAnswer {
  return { status, reason, headers: {}, schemes: [], ...more };
}

/** A sighting for an example, between here and the proxy or behind it. */
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
