import type { ConnectionFacts, ProxyFacts, Stage } from '../../../trace.js';
import type { ProxyResponse } from '../../../http/proxy-response.js';
import type { Ends } from '../../ends.js';
import { EXAMPLE_FACTS, exampleSignature, type Observation, type ErrorSignature } from '../../failure-definition.js';
import { firstHopName, hostAndPort } from '../../wording.js';
import { type Step } from '../../step.js';

const EXAMPLE_PROXY: ProxyFacts = { host: 'proxy.example', port: 3128 };

/** The proxy in a sentence: `the proxy proxy.example:3128 (192.0.2.3)`. */
export const proxyName = firstHopName;

/** The same at the beginning of a sentence. */
export function ProxyName(facts: ConnectionFacts): string {
  return proxyName(facts).replace(/^t/, 'T');
}

/** Whether the failure lies between here and the proxy: the peer was not reached, and is not at fault. */
export function isProxyLeg({ facts }: Observation): boolean {
  return facts.proxy !== undefined;
}

/** The proxy's HTTP response, where that is a refusal. */
export function rejection({ signature, facts }: Observation): ProxyResponse | undefined {
  return signature.code === 'PROXY_REFUSED' ? facts.proxy?.answer : undefined;
}

/** What the proxy returned: `HTTP 403 Forbidden (X-Squid-Error: ERR_ACCESS_DENIED 0)`. */
export function responseSummary(facts: ConnectionFacts): string {
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
export function tryManually(facts: ConnectionFacts): Step {
  const { user: name } = facts.proxy ?? {};
  // Without a password after it, curl prompts for one. Between single quotes, neither shell changes a name without them.
  const user = name === undefined ? '' : ` --proxy-user '${name.includes("'") ? 'USER' : name}'`;
  const options = `-v -k --proxy ${proxyUrl(facts)}${user} https://${hostAndPort(facts)}/`;
  return {
    who: 'you',
    action: 'Check how the proxy responds to another tool.',
    // In PowerShell 5.1, curl alone is another command.
    windows: `curl.exe ${options}`,
    linux: `curl ${options}`,
  };
}

/** A step for the team that runs the proxy. */
export function proxyStep(action: string): Step {
  return { who: 'network-team', action };
}

/** The proxy's log, where a tunnel was opened and the connection in it fails. No step without a proxy. */
export function checkProxyLog(facts: ConnectionFacts): Step[] {
  if (facts.proxy === undefined) return [];
  return [
    proxyStep(
      `Check the log of ${proxyName(facts)} too. Some proxies open the tunnel before they have reached the target, or inspect it and cut it.`,
    ),
  ];
}

/** The settings that name the proxy. */
export function checkProxyAddress(facts: ConnectionFacts, { here }: Ends): Step {
  const { name: _, ...commands } = here.peerSettings;
  return {
    who: here.administrator,
    action: `Check the host and port of the proxy, ${hostAndPort(facts.proxy ?? EXAMPLE_PROXY)}, in ${here.proxySettings.name}.`,
    ...commands,
  };
}

/** A response for an example. */
export function exampleProxyResponse(status: number, reason: string, more: Partial<ProxyResponse> = {}): ProxyResponse {
  return { status, reason, headers: {}, schemes: [], ...more };
}

/** An observation for an example, between here and the proxy or behind it. */
export function proxyExample(
  shownAt: Stage,
  code: string,
  proxy: Partial<ProxyFacts> = {},
  signature: Partial<ErrorSignature> = {},
  facts: Partial<ConnectionFacts> = {},
): Observation {
  const { address: _, ...leg } = EXAMPLE_FACTS;
  return {
    signature: exampleSignature(shownAt, code, signature),
    facts: {
      ...(shownAt === 'dns' ? leg : { ...EXAMPLE_FACTS, address: '192.0.2.3' }),
      proxy: { ...EXAMPLE_PROXY, ...proxy },
      ...facts,
    },
  };
}
