import type { ConnectionFacts } from '../trace.js';
import {
  answered,
  atTheProxy,
  byHand,
  exampleAnswer,
  hostAndPort,
  proxyExample,
  proxyUrl,
  refusal,
  theProxy,
  TheProxy,
} from './proxy-sight.js';
import { row, type Sighting, type Step, SURE } from './row.js';

/** Legal reasons (451) are an access rule too. */
const DENIED = [403, 451];

function isAuthentication(sighting: Sighting): boolean {
  return refusal(sighting)?.status === 407;
}

function offersBasic({ facts }: Sighting): boolean {
  const schemes = facts.proxy?.answer?.schemes ?? [];
  return schemes.length === 0 || schemes.some((scheme) => scheme.toLowerCase() === 'basic');
}

/** The schemes, as a sentence's part. */
function offered(facts: ConnectionFacts): string {
  const schemes = facts.proxy?.answer?.schemes ?? [];
  return schemes.length === 0 ? 'no scheme by name' : schemes.join(', ');
}

function exempt(facts: ConnectionFacts): Step {
  return atTheProxy(
    `Or let this machine's CONNECT to ${hostAndPort(facts)} through without credentials (by its address).`,
  );
}

const WHERE_CREDENTIALS_STAND: Step = {
  who: 'server-admin',
  action:
    'Give Octopus the user and password of the proxy: under Infrastructure, Machine Proxies; for a polling Tentacle with polling-proxy.',
  windows: 'Tentacle polling-proxy --proxyEnable=True --proxyHost=HOST --proxyPort=PORT --proxyUsername=USER',
  linux: 'Tentacle polling-proxy --proxyEnable=True --proxyHost=HOST --proxyPort=PORT --proxyUsername=USER',
};

/** The proxy answered, and will not have us. */
export const proxyRefusalRows = [
  row({
    id: 'proxy.auth-scheme',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => isAuthentication(sighting) && !offersBasic(sighting),
    title: 'The proxy offers no way to log in that Octopus has',
    means: ({ facts }) =>
      `${TheProxy(facts)} asks for credentials and offers ${offered(facts)}. Octopus sends Basic and nothing else, so no user and password will do.`,
    next: (facts) => [
      atTheProxy(`Offer Basic to this machine beside ${offered(facts)}, for CONNECT at least.`),
      exempt(facts),
      byHand(facts),
    ],
    octopusSays: ['responded with a 407 code - Proxy Authentication Required'],
    retry: true,
    certainty: SURE,
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(407, 'Proxy Authentication Required', {
        headers: { 'proxy-authenticate': 'Negotiate' },
        schemes: ['Negotiate', 'NTLM'],
      }),
    }),
  }),
  row({
    id: 'proxy.auth-required',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => isAuthentication(sighting) && sighting.facts.proxy?.user === undefined,
    title: 'The proxy wants a user and a password',
    means: ({ facts }) =>
      `${TheProxy(facts)} asks for credentials, and none were given. It offers ${offered(facts)}; Octopus can do Basic only.`,
    next: (facts) => [
      {
        who: 'you',
        action:
          'Run again with the user in --proxy, and the password from TENTACLE_PROXY_PASSWORD, --proxy-password-file or the prompt.',
        windows: `tentacle-ping ${hostAndPort(facts)} --proxy ${proxyUrl(facts).replace('//', '//USER@')}`,
        linux: `tentacle-ping ${hostAndPort(facts)} --proxy ${proxyUrl(facts).replace('//', '//USER@')}`,
      },
      WHERE_CREDENTIALS_STAND,
      exempt(facts),
    ],
    octopusSays: ['responded with a 407 code - Proxy Authentication Required'],
    retry: true,
    certainty: SURE,
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(407, 'Proxy Authentication Required', {
        headers: { 'proxy-authenticate': 'Basic realm="proxy"', 'x-squid-error': 'ERR_CACHE_ACCESS_DENIED 0' },
        schemes: ['Basic'],
      }),
    }),
  }),
  row({
    id: 'proxy.auth-rejected',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: isAuthentication,
    title: 'The proxy does not accept the user and password',
    means: ({ facts }) => {
      const said = `${TheProxy(facts)} got the credentials of ${facts.proxy?.user ?? ''} and asks for others. It offers ${offered(facts)}.`;
      if (facts.proxy?.beyondAscii !== true) return said;
      return `${said} User or password have characters beyond ASCII: Octopus, and so this tool, sends a question mark for each, which no proxy takes for the right one.`;
    },
    next: (facts) => [
      {
        who: 'you',
        action:
          'Check the user (with its domain, if the proxy wants one) and the password, and that the account is not locked.',
      },
      WHERE_CREDENTIALS_STAND,
      atTheProxy(`Look into the log of ${theProxy(facts)} why it refuses ${facts.proxy?.user ?? 'the user'}.`),
    ],
    octopusSays: ['responded with a 407 code - Proxy Authentication Required'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a wrong user or password, or an account that is locked or expired',
        'characters beyond ASCII in either of them, which Octopus cannot send',
        'an account that may not use this proxy',
      ],
      test: "The proxy's own log names the reason. For characters: take an account with plain ASCII letters only.",
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      user: 'octopus',
      answer: exampleAnswer(407, 'Proxy Authentication Required', {
        headers: { 'proxy-authenticate': 'Basic realm="proxy"' },
        schemes: ['Basic'],
      }),
    }),
  }),
  row({
    id: 'proxy.denied',
    stage: 'proxy',
    shownAt: ['proxy'],
    when: (sighting) => DENIED.includes(refusal(sighting)?.status ?? 0),
    title: 'The proxy forbids this connection',
    means: ({ facts }) =>
      `${TheProxy(facts)} answered ${answered(facts)} to CONNECT ${facts.host}:${facts.port}. It works, and a rule of it says no; stock rules allow CONNECT to port 443 only.`,
    next: (facts) => [
      atTheProxy(
        `Allow CONNECT to ${facts.host}:${facts.port} from this machine (squid: SSL_ports and the http_access rules; tinyproxy: ConnectPort ${facts.port}).`,
      ),
      {
        who: 'tentacle-admin',
        action: 'If only port 443 can be had, let the Tentacle listen there.',
        windows: 'Tentacle configure --port=443',
        linux: 'Tentacle configure --port=443',
      },
      byHand(facts),
    ],
    octopusSays: ['responded with a 403 code - Forbidden', 'Access violation'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the port is not among those that the proxy allows for CONNECT',
        'the destination, this machine or the user is not allowed',
      ],
      test: 'Ping port 443 of the same host through the proxy: another failure than this one, or none, means that the port is the reason.',
    },
    example: proxyExample('proxy', 'PROXY_REFUSED', {
      answer: exampleAnswer(403, 'Forbidden', {
        headers: { server: 'squid/5.7', 'x-squid-error': 'ERR_ACCESS_DENIED 0' },
      }),
    }),
  }),
];
