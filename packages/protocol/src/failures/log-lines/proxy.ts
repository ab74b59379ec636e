import { logLine } from './log-line.js';
import { ADDRESS, PORT } from './seen.js';
import { diagnoseServer, diagnoseThroughProxy } from './steps.js';

const PROXY_HOST = new RegExp(`proxy host (?<proxyHost>${ADDRESS}) on port (?<proxyPort>${PORT})`, 'i');
const PROXY_ANSWERED = new RegExp(
  `proxy destination (?<proxyHost>${ADDRESS}) on port (?<proxyPort>${PORT}) (?:responded with an? (?<detail>\\d{3}) code|failed to)`,
  'i',
);

/** The start of every refusal. The address in it is the proxy's own, not the destination's. */
const refusal = (code: number, words: string): string =>
  `Proxy destination ... on port ... responded with a ${code} code - ${words}`;

const answered = (code: number): string => `responded with a ${code} code - `;

const proxyAdmin = (action: string) => ({ who: 'network-team', action }) as const;

const setProxy = (value: string) =>
  ({
    who: 'tentacle-admin',
    action: 'Set the proxy for the account that the service runs as, then restart the service.',
    windows: value,
    linux: value,
  }) as const;

export const proxyLogLines = [
  logLine({
    id: 'proxy.host-connection-failed',
    patterns: ['connection to proxy host ... on port ... failed'],
    captures: [PROXY_HOST],
    text: 'Connection to proxy host ... on port ... failed: ...',
    means: 'The TCP connection to the proxy itself was not made. The other Octopus end was never asked.',
    causes: [
      {
        text: 'the proxy is not running, or not on that port (the message ends in "refused")',
        failure: 'proxy.refused',
      },
      {
        text: 'a firewall drops the way to the proxy (it ends in a time-out or "did not properly respond")',
        failure: 'proxy.timeout',
      },
      {
        text: 'the name of the proxy cannot be resolved (it ends in "no such host" or the like)',
        failure: 'proxy.not-found',
      },
    ],
    next: (seen) => [
      {
        who: 'you',
        action: 'Measure the way to the proxy as if it were the Tentacle: only its first stages, dns and tcp, count.',
        windows: `tentacle-ping ${seen.proxyHost ?? 'PROXY'}:${seen.proxyPort ?? '3128'} --level tls --count 3`,
        linux: `tentacle-ping ${seen.proxyHost ?? 'PROXY'}:${seen.proxyPort ?? '3128'} --level tls --count 3`,
      },
      proxyAdmin('Check that the proxy runs, listens on that port, and may be reached from this machine.'),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  https://octopus.example:10943/    27  Connection to proxy host proxy.example on port 3128 failed: No connection could be made because the target machine actively refused it',
  }),
  logLine({
    id: 'proxy.code-407',
    patterns: [answered(407)],
    captures: [PROXY_ANSWERED],
    text: refusal(407, 'Proxy Authentication Required'),
    means: 'The proxy wants to know who asks. The address in the message is the one of the proxy.',
    causes: [
      { text: 'no user name and password are set', failure: 'proxy.auth-required' },
      { text: 'the user name or password is wrong, or may not use the proxy', failure: 'proxy.auth-rejected' },
      {
        text: 'the proxy offers only NTLM, Negotiate or Kerberos; Octopus and Tentacle send nothing but Basic',
        failure: 'proxy.auth-scheme',
      },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'it shows which schemes the proxy offers'),
      {
        who: 'tentacle-admin',
        action: 'Set user name and password of the proxy.',
        windows: 'Tentacle polling-proxy --proxyEnable=true --proxyUsername=NAME --proxyPassword=...',
        linux: 'Tentacle polling-proxy --proxyEnable=true --proxyUsername=NAME --proxyPassword=...',
      },
      proxyAdmin('Allow Basic for this account, or exempt these two machines from authentication.'),
    ],
    tells: 'network',
    example:
      'Halibut.Transport.Proxy.Exceptions.ProxyException: Proxy destination ::ffff:10.1.2.3 on port 3128 responded with a 407 code - Proxy Authentication Required',
  }),
  logLine({
    id: 'proxy.code-403',
    patterns: [answered(403)],
    captures: [PROXY_ANSWERED],
    text: refusal(403, 'Forbidden / Access violation'),
    means: 'The proxy understood the request for a tunnel and forbids it.',
    causes: [
      {
        text: 'a rule allows tunnels to port 443 only (squid: deny CONNECT !SSL_ports, as installed)',
        failure: 'proxy.denied',
      },
      {
        text: 'a list of allowed ports (tinyproxy: ConnectPort; its words are "Access violation")',
        failure: 'proxy.denied',
      },
      { text: 'a rule about this destination or this machine', failure: 'proxy.denied' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, "it shows the proxy's own words and page"),
      proxyAdmin('Allow CONNECT to the port of the Tentacle (10933) or of the server (10943), or let Octopus use 443.'),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  Proxy destination 10.1.2.3 on port 8888 responded with a 403 code - Access violation',
  }),
  logLine({
    id: 'proxy.code-503',
    patterns: [answered(503), answered(500), answered(504)],
    captures: [PROXY_ANSWERED],
    text: refusal(503, 'Service Unavailable'),
    means:
      'The proxy took the request and could not reach the other Octopus end itself. The way to the proxy is in order.',
    causes: [
      {
        text: 'the destination refuses the proxy (squid: X-Squid-Error: ERR_CONNECT_FAIL 111)',
        failure: 'proxy.target-refused',
      },
      {
        text: 'a firewall between proxy and destination drops (ERR_CONNECT_FAIL 110, or code 504)',
        failure: 'proxy.target-timeout',
      },
      { text: 'the proxy cannot resolve the name (often code 500 or 504)', failure: 'proxy.target-not-found' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'it shows what the proxy says of the second leg'),
      proxyAdmin('On the proxy itself, connect to the destination: look up the name, then try the port.'),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  Proxy destination ::ffff:10.1.2.3 on port 3128 responded with a 503 code - Service Unavailable',
  }),
  logLine({
    id: 'proxy.code-502',
    patterns: [answered(502), 'knowledge based article q283284'],
    captures: [PROXY_ANSWERED],
    text: `${refusal(502, 'Bad Gateway')}. If you are connecting to a Microsoft ISA destination ... Q283284 ...`,
    means: 'The proxy will not or cannot tunnel to that port.',
    causes: [
      { text: 'Microsoft ISA or TMG: the port is not in the range that tunnels may use', failure: 'proxy.bad-gateway' },
      { text: 'another proxy, which could not reach the destination', failure: 'proxy.bad-gateway' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, "the proxy's Server and Via headers tell which product it is"),
      proxyAdmin('On ISA or TMG add the port (10933, 10943) to the tunnel port range.'),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Proxy destination 10.1.2.3 on port 8080 responded with a 502 code - Bad Gateway.  If you are connecting to a Microsoft ISA destination please refer to knowledge based article Q283284 for more information.  Server response: Proxy Error',
  }),
  logLine({
    id: 'proxy.code-302',
    patterns: [answered(302), answered(301), answered(303), answered(307)],
    captures: [PROXY_ANSWERED],
    text: refusal(302, 'Found'),
    means: 'In place of a tunnel the proxy sends the caller to another page.',
    causes: [
      { text: 'a login page or captive portal that wants a person to sign in first', failure: 'proxy.redirect' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'it shows where the proxy sends the caller'),
      proxyAdmin('Exempt these two machines from the login page, or sign in for the account of the service.'),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Proxy destination 10.1.2.3 on port 8080 responded with a 302 code - Found',
  }),
  logLine({
    id: 'proxy.answer-not-http',
    patterns: [
      'no http response received from proxy destination',
      'an invalid response code was received',
      'failed to return a recognized http response code',
    ],
    captures: [PROXY_ANSWERED],
    text: 'No HTTP response received from proxy destination. Server response: ... / An invalid response code was received ... / failed to return a recognized HTTP response code',
    means: 'What answered at the address of the proxy is no HTTP proxy.',
    causes: [
      { text: 'host or port of the proxy are wrong: another service listens there', failure: 'proxy.not-http' },
      { text: 'the proxy speaks SOCKS, which Octopus does not support', failure: 'proxy.socks' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'it shows the first bytes that come and names what answers'),
      proxyAdmin('Give the host and port of an HTTP proxy that allows CONNECT.'),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  No HTTP response received from proxy destination.  Server response: SSH-2.0-OpenSSH_9.2p1.',
  }),
  logLine({
    id: 'proxy.code-405',
    patterns: [answered(405), answered(400), answered(404), answered(501), answered(505)],
    captures: [PROXY_ANSWERED],
    text: refusal(405, 'Not Allowed (400 Bad Request, 404 Not Found)'),
    means: 'What answered speaks HTTP and opens no tunnels: that is what a web server says to CONNECT.',
    causes: [
      { text: 'a web server or reverse proxy stands there, not a forward proxy', failure: 'proxy.not-a-proxy' },
      { text: 'a forward proxy on which CONNECT is switched off', failure: 'proxy.not-a-proxy' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'its Server and Via headers tell which product it is'),
      proxyAdmin('Give the host and port of a forward proxy, or allow the method CONNECT there.'),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Proxy destination 10.1.2.3 on port 80 responded with a 405 code - Not Allowed',
  }),
  logLine({
    id: 'proxy.answer-without-blank',
    patterns: ["must be a non-negative value. (parameter 'length')", 'length cannot be less than zero'],
    text: "... must be a non-negative value. (Parameter 'length')",
    means:
      'The proxy opened the tunnel and said so in a form that the library cannot read: no blank stands behind the status.',
    causes: [{ text: 'a proxy or appliance that does not write HTTP as it has to be', failure: 'proxy.unreadable' }],
    next: (seen) => [
      diagnoseThroughProxy(seen, "it shows the first bytes of the proxy's answer"),
      proxyAdmin('Have it answer "HTTP/1.1 200 Connection established", each line ended by CR LF.'),
    ],
    tells: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: length ('-1') must be a non-negative value. (Parameter 'length')",
  }),
  logLine({
    id: 'proxy.code-other',
    patterns: ['proxy destination ... on port ... responded with a ... code', 'proxy destination ... responded with a'],
    captures: [PROXY_ANSWERED],
    text: 'Proxy destination ... on port ... responded with a ... code - ...',
    means: 'The proxy refused the tunnel with a code that has no row of its own; its words say why.',
    causes: [{ text: 'a rule or a fault of the proxy', failure: 'proxy.other' }],
    next: (seen) => [
      diagnoseThroughProxy(seen, "it shows the proxy's code, headers and page"),
      proxyAdmin('Look into the log of the proxy for this request.'),
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Proxy destination 10.1.2.3 on port 3128 responded with a 429 code - Too Many Requests',
  }),
  logLine({
    id: 'proxy.busy-loop',
    patterns: [
      {
        oneOf: ['% cpu', '%cpu'],
        regex: /(?:proxy|no message).{0,80}100 ?% ?cpu|100 ?% ?cpu.{0,80}(?:proxy|connect\b)/,
      },
    ],
    text: '(no message, 100 % CPU)',
    means:
      'The library waits for the end of the answer to CONNECT and spins on one core for as long as none comes. It logs nothing.',
    causes: [
      { text: 'the proxy closes the connection in the middle of CONNECT', failure: 'proxy.closed' },
      { text: 'the proxy speaks SOCKS, not HTTP', failure: 'proxy.socks' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'it says whether the proxy closes, stays silent or speaks something else'),
      proxyAdmin('Give the address of an HTTP proxy, and look why it closes.'),
    ],
    tells: 'network',
    example: 'Since the proxy was set: no message in the log, 100 % CPU on one core',
  }),
  logLine({
    id: 'proxy.bad-setting',
    patterns: [
      "the proxy's hostname cannot contain a protocol prefix",
      'hostname cannot contain a protocol prefix',
      'proxyhost property must contain a value',
      'proxyport value must be greater than zero',
      'port must be greater than zero and less than 65535',
    ],
    text: "The proxy's hostname cannot contain a protocol prefix (eg http://) / ProxyHost property must contain a value / ProxyPort value must be greater than zero ...",
    means: 'The proxy is set in a way that cannot work; nothing was sent.',
    causes: [
      { text: 'the host is written as a URL (http://proxy), where only the name may stand' },
      { text: 'host or port are empty' },
    ],
    next: () => [
      setProxy('Tentacle polling-proxy --proxyEnable=true --proxyHost=PROXY --proxyPort=3128'),
      {
        who: 'server-admin',
        action: 'For a listening Tentacle, correct the proxy in Octopus (Infrastructure, Proxies).',
      },
    ],
    tells: 'host',
    example: "2024-03-05 10:15:20.1234 ERROR  The proxy's hostname cannot contain a protocol prefix (eg http://)",
  }),
  logLine({
    id: 'proxy.no-system-proxy',
    patterns: ['agent configured to use the system proxy, but no system proxy is configured'],
    text: 'Agent configured to use the system proxy, but no system proxy is configured for ...',
    means:
      'The Tentacle is told to use the proxy of its account, and that account has none for this address: it connects directly.',
    causes: [
      {
        text: 'the installer ran as another user: the account of the service (often Local System) has no Internet settings',
      },
      { text: "the address is on the account's list of exceptions" },
    ],
    next: (seen) => [
      diagnoseServer(seen, 'do it as the account of the service; if it works without --proxy, the line does no harm'),
      {
        who: 'tentacle-admin',
        action: 'See what the account of the service has.',
        windows: 'netsh winhttp show proxy & Tentacle show-configuration',
        linux: 'env | grep -i proxy; Tentacle show-configuration',
      },
      setProxy('Tentacle polling-proxy --proxyEnable=true --proxyHost=PROXY --proxyPort=3128'),
    ],
    tells: 'host',
    example:
      '2024-03-05 10:15:20.1234   4508      1  INFO  Agent configured to use the system proxy, but no system proxy is configured for https://octopus.example:10943/',
  }),
  logLine({
    id: 'proxy.works-in-installer-only',
    patterns: ['works in installer, then not', 'works in the installer, then not', 'works in the installer but not'],
    text: '(polling through a proxy "works in installer, then not")',
    means:
      'The wizard checks with the proxy of the person who runs it; the service polls with its own settings, as its own account.',
    causes: [
      { text: "the service's account has other proxy settings than the person" },
      { text: 'an old Tentacle: register-with used the web proxy, or ignored the bypass list or the polling proxy' },
    ],
    next: (seen) => [
      diagnoseServer(seen, 'do it as the account of the service, without and with --proxy'),
      setProxy('Tentacle polling-proxy --proxyEnable=true --proxyHost=PROXY --proxyPort=3128'),
    ],
    tells: 'network',
    example: 'Polling through proxy works in installer, then not',
  }),
  logLine({
    id: 'proxy.code-417',
    patterns: [
      {
        oneOf: ['expectation failed', '417'],
        regex:
          /expectation failed|\b417\b.{0,60}(?:squid|proxy|registration)|(?:status code|squid|responded with).{0,60}\b417\b/,
      },
    ],
    text: '(417 Expectation Failed from squid on registration)',
    means:
      'An old proxy refuses the header "Expect: 100-continue" of the REST call by which a Tentacle registers. The protocol between Octopus and Tentacle does not use it.',
    causes: [{ text: 'a squid that does not know 100-continue' }],
    next: (seen) => [
      diagnoseServer(seen, 'it shows whether the connection for the real work passes'),
      proxyAdmin('In squid.conf: ignore_expect_100 on; or let registration go around the proxy.'),
    ],
    tells: 'network',
    example: 'The remote server returned an error: (417) Expectation Failed.',
  }),
  logLine({
    id: 'proxy.agent-registration',
    patterns: [
      'agent registration fails behind proxy',
      'agent registration fails behind a proxy',
      'agent register script missing setpollingproxy',
      'missing `setpollingproxy`',
      'missing setpollingproxy',
      '`setpollingproxy` missing',
      'setpollingproxy missing',
    ],
    text: '(Kubernetes agent: registration fails behind a proxy; setPollingProxy is missing in the register script)',
    means: 'The agent registers before its proxy is set, or without it.',
    causes: [{ text: 'an agent older than v2.24.0, whose register script does not set the polling proxy' }],
    next: (seen) => [
      diagnoseServer(seen, 'from a pod of the cluster, without and with --proxy'),
      { who: 'tentacle-admin', action: 'Upgrade the Kubernetes agent to v2.24.0 or later.' },
    ],
    tells: 'network',
    example: 'K8s agent registration fails behind proxy: setPollingProxy missing in register script',
  }),
  logLine({
    id: 'proxy.option-for-passive-only',
    patterns: ['option --proxy can only be used with --comms-style'],
    text: 'Option --proxy can only be used with --comms-style=TentaclePassive. To set a proxy for a polling Tentacle use the polling-proxy command first ...',
    means: 'The command is the wrong one for a polling Tentacle; nothing was tried over the network.',
    causes: [{ text: 'register-with --proxy names the proxy that the server uses towards a listening Tentacle' }],
    next: () => [setProxy('Tentacle polling-proxy --proxyEnable=true --proxyHost=PROXY --proxyPort=3128')],
    tells: 'host',
    example:
      'Option --proxy can only be used with --comms-style=TentaclePassive. To set a proxy for a polling Tentacle use the polling-proxy command first and then register the Tentacle with register-with.',
  }),
];
