import type { ConnectionFacts } from '../../../trace.js';
import type { Ends } from '../../ends.js';
import {
  responseSummary,
  proxyStep,
  tryManually,
  exampleProxyResponse,
  proxyExample,
  proxyUrl,
  rejection,
  proxyName,
  ProxyName,
} from './shared.js';
import { conclusiveUnless, defineFailure, type Observation } from '../../failure-definition.js';
import { hostAndPort } from '../../wording.js';
import { sameCommand, tentacleCommand } from '../../product-commands.js';
import { type Step } from '../../step.js';

/** Legal reasons (451) are an access rule too. */
const DENIED = [403, 451];

function isAuthentication(observation: Observation): boolean {
  return rejection(observation)?.status === 407;
}

function offersBasic({ facts }: Observation): boolean {
  const schemes = facts.proxy?.answer?.schemes ?? [];
  return schemes.length === 0 || schemes.some((scheme) => scheme.toLowerCase() === 'basic');
}

/** The schemes offered, as a noun phrase. */
function offered(facts: ConnectionFacts): string {
  const schemes = facts.proxy?.answer?.schemes ?? [];
  return schemes.length === 0 ? 'no named scheme' : schemes.join(', ');
}

function exempt(facts: ConnectionFacts): Step {
  return proxyStep(
    `Alternatively, allow this machine's CONNECT to ${hostAndPort(facts)} without credentials (by its address).`,
  );
}

function enterCredentials({ proxy }: ConnectionFacts, { here }: Ends): Step {
  const { name, setCommand } = here.proxySettings;
  if (proxy === undefined || setCommand === undefined)
    return { who: here.administrator, action: `Enter the user and password of the proxy in ${name}.` };
  return {
    who: here.administrator,
    action: `Enter the user and password of the proxy in ${name}, and restart ${here.name}.`,
    ...setCommand(proxy),
  };
}

/** Port 443, which most proxies allow, in place of the usual one. */
function usePort443({ there }: Ends): Step {
  if (there.product === 'server')
    return {
      who: there.administrator,
      action:
        'If only port 443 is allowed, accept polling Tentacles there, at an address or name separate from the web portal (Octopus Cloud: polling.NAME.octopus.app:443).',
    };
  return {
    who: there.administrator,
    action: 'If only port 443 is allowed, configure the Tentacle to listen on it, and restart the Tentacle.',
    ...tentacleCommand('configure --port=443', 'service --restart'),
  };
}

/** The same test with a user for the proxy. */
function runWithCredentials(facts: ConnectionFacts, { here }: Ends): Step {
  const command = `${here.standIn.command(facts)} --proxy ${proxyUrl(facts).replace('//', '//USER@')}`;
  // tentacle-pong does not prompt.
  const prompt = here.product === 'server' ? ', --proxy-password-file or the prompt' : ' or --proxy-password-file';
  return {
    who: 'you',
    action: `Run again with the user in --proxy, and the password from TENTACLE_PROXY_PASSWORD${prompt}.`,
    ...sameCommand(command),
  };
}

/** The proxy responded, and refuses this client. */
export const proxyRejectedFailures = [
  defineFailure({
    id: 'proxy.auth-scheme',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: (observation) => isAuthentication(observation) && !offersBasic(observation),
    title: 'Proxy offers no authentication that Octopus supports',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} requires credentials and offers ${offered(facts)}. Octopus sends Basic only, so no user and password can work.`,
    remediation: (facts) => [
      proxyStep(`Offer Basic to this machine in addition to ${offered(facts)}, at least for CONNECT.`),
      exempt(facts),
      tryManually(facts),
    ],
    octopusLogMessages: ['responded with a 407 code - Proxy Authentication Required'],
    octopusRetries: true,
    diagnosis: conclusiveUnless('another proxy behind this one sent the response'),
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(407, 'Proxy Authentication Required', {
        headers: { 'proxy-authenticate': 'Negotiate' },
        schemes: ['Negotiate', 'NTLM'],
      }),
    }),
  }),
  defineFailure({
    id: 'proxy.auth-required',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: (observation) => isAuthentication(observation) && observation.facts.proxy?.user === undefined,
    title: 'Proxy requires a user and password',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} requires credentials, and none were sent. It offers ${offered(facts)}; Octopus supports Basic only.`,
    remediation: (facts, ends) => [runWithCredentials(facts, ends), enterCredentials(facts, ends), exempt(facts)],
    octopusLogMessages: ['responded with a 407 code - Proxy Authentication Required'],
    octopusRetries: true,
    diagnosis: conclusiveUnless('another proxy behind this one sent the response'),
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(407, 'Proxy Authentication Required', {
        headers: { 'proxy-authenticate': 'Basic realm="proxy"', 'x-squid-error': 'ERR_CACHE_ACCESS_DENIED 0' },
        schemes: ['Basic'],
      }),
    }),
  }),
  defineFailure({
    id: 'proxy.auth-rejected',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: isAuthentication,
    title: 'Proxy rejects the user and password',
    explanation: ({ facts }) => {
      const rejected = `${ProxyName(facts)} received the credentials of ${facts.proxy?.user ?? ''} and requests others. It offers ${offered(facts)}.`;
      if (facts.proxy?.beyondAscii !== true) return rejected;
      return `${rejected} The user or password contains characters beyond ASCII. Octopus, and therefore this tool, sends a question mark for each, which no proxy accepts.`;
    },
    remediation: (facts, ends) => [
      {
        who: 'you',
        action:
          'Check the user (with its domain, if the proxy requires one) and the password, and that the account is not locked.',
      },
      enterCredentials(facts, ends),
      proxyStep(`Check in the log of ${proxyName(facts)} why it rejects ${facts.proxy?.user ?? 'the user'}.`),
    ],
    octopusLogMessages: ['responded with a 407 code - Proxy Authentication Required'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the user or password is wrong, or the account is locked or expired',
        'one of them contains characters beyond ASCII, which Octopus cannot send',
        'the account is not allowed to use this proxy',
      ],
      howToTell:
        "Check the proxy's own log, which names the reason. To exclude the characters, use an account with ASCII letters only.",
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      user: 'octopus',
      answer: exampleProxyResponse(407, 'Proxy Authentication Required', {
        headers: { 'proxy-authenticate': 'Basic realm="proxy"' },
        schemes: ['Basic'],
      }),
    }),
  }),
  defineFailure({
    id: 'proxy.denied',
    stage: 'proxy',
    wholeAddress: 'answered',
    shownAt: ['proxy'],
    matches: (observation) => DENIED.includes(rejection(observation)?.status ?? 0),
    title: 'Proxy denies this connection',
    explanation: ({ facts }) =>
      `${ProxyName(facts)} answered CONNECT ${facts.host}:${facts.port} with ${responseSummary(facts)}. The proxy works, but one of its rules denies this connection. Default rules allow CONNECT to port 443 only.`,
    remediation: (facts, ends) => [
      proxyStep(
        `Allow CONNECT to ${facts.host}:${facts.port} from this machine (squid: SSL_ports and the http_access rules; tinyproxy: ConnectPort ${facts.port}).`,
      ),
      usePort443(ends),
      tryManually(facts),
    ],
    octopusLogMessages: ['responded with a 403 code - Forbidden', 'Access violation'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'the port is not among those that the proxy allows for CONNECT',
        'the destination, this machine or the user is not allowed',
      ],
      howToTell:
        'Test port 443 of the same host through the proxy. If that works or fails differently, the port is the cause.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleProxyResponse(403, 'Forbidden', {
        headers: { server: 'squid/5.7', 'x-squid-error': 'ERR_ACCESS_DENIED 0' },
      }),
    }),
  }),
];
