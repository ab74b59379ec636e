import { defineMessage } from './known-message.js';
import { ADDRESS, HOST, PORT } from './captured-fields.js';
import { sameCommand, tentacleCommand } from '../product-commands.js';
import { setAgentProxy, setPollingProxy, setProxy, setProxyCredentials } from './proxy-steps.js';
import { diagnoseServer, diagnoseThroughProxy } from './steps.js';

const PROXY_HOST = new RegExp(`proxy host (?<proxyHost>${ADDRESS}|${HOST}) on port (?<proxyPort>${PORT})`, 'i');
const PROXY_ANSWERED = new RegExp(
  `proxy destination (?<proxyHost>${ADDRESS}|${HOST}) on port (?<proxyPort>${PORT}) (?:responded with an? (?<detail>\\d{3}) code|failed to)`,
  'i',
);

/** The message for a rejected tunnel. The address in it is the proxy's own, not the destination's. */
const refusal = (code: number, words: string): string =>
  `Proxy destination ... on port ... responded with a ${code} code - ${words}`;

const answered = (code: number): string => `responded with a ${code} code - `;

const proxyAdmin = (action: string) => ({ who: 'network-team', action }) as const;

/** How programs in Go name the proxy that they failed to reach. */
const DIALED_PROXY = new RegExp(
  `proxyconnect tcp: .{0,20}(?:lookup|dial tcp) (?<proxyHost>${HOST})(?::(?<proxyPort>${PORT}))?`,
  'i',
);

export const proxyMessages = [
  defineMessage({
    id: 'proxy.host-connection-failed',
    patterns: ['connection to proxy host ... on port ... failed', 'proxyconnect tcp: '],
    captures: [PROXY_HOST, DIALED_PROXY],
    text: 'Connection to proxy host ... on port ... failed: ...',
    means: 'The TCP connection to the proxy itself failed. The other Octopus end was not contacted.',
    causes: [
      {
        text: 'the proxy is not running, or not on that port (the message ends in "refused")',
        failure: 'proxy.refused',
      },
      {
        text: 'a firewall drops packets on the path to the proxy (the message ends in a timeout or "did not properly respond")',
        failure: 'proxy.timeout',
      },
      {
        text: 'the proxy\'s name cannot be resolved (the message ends in "no such host" or similar)',
        failure: 'proxy.not-found',
      },
    ],
    next: (seen) => [
      diagnoseThroughProxy(
        seen,
        'It tests the name of the proxy, the connection to it and CONNECT separately, and names the stage that fails.',
      ),
      proxyAdmin('Check that the proxy is running, listens on that port, and can be reached from this machine.'),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  https://octopus.example:10943/    27  Connection to proxy host proxy.example on port 3128 failed: No connection could be made because the target machine actively refused it',
  }),
  defineMessage({
    id: 'proxy.code-407',
    patterns: [
      answered(407),
      'the proxy destination requires a username and password for authentication',
      'proxy authentification failure',
      'the proxy destination does not accept the supported proxy client authentication methods',
    ],
    captures: [PROXY_ANSWERED],
    text: refusal(407, 'Proxy Authentication Required'),
    means: "The proxy requires authentication. The address in the message is the proxy's.",
    causes: [
      { text: 'no user name and password are set', failure: 'proxy.auth-required' },
      {
        text: 'the user name or password is wrong, or that user is not allowed to use the proxy',
        failure: 'proxy.auth-rejected',
      },
      {
        text: 'the proxy offers only NTLM, Negotiate or Kerberos; Octopus and Tentacle support only Basic',
        failure: 'proxy.auth-scheme',
      },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'It lists the authentication schemes that the proxy offers.'),
      ...setProxyCredentials(seen),
      proxyAdmin('Allow Basic authentication for this account, or exempt these two machines from authentication.'),
    ],
    decidedBy: 'network',
    example:
      'Halibut.Transport.Proxy.Exceptions.ProxyException: Proxy destination ::ffff:10.1.2.3 on port 3128 responded with a 407 code - Proxy Authentication Required',
  }),
  defineMessage({
    id: 'proxy.code-403',
    patterns: [answered(403)],
    captures: [PROXY_ANSWERED],
    text: refusal(403, 'Forbidden / Access violation'),
    means: 'The proxy understood the tunnel request but forbids it.',
    causes: [
      {
        text: 'a rule allows tunnels to port 443 only (squid: deny CONNECT !SSL_ports, its default)',
        failure: 'proxy.denied',
      },
      {
        text: 'a list of allowed ports (tinyproxy: ConnectPort; it reports "Access violation")',
        failure: 'proxy.denied',
      },
      { text: 'a rule about this destination or this machine', failure: 'proxy.denied' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, "It shows the proxy's own message and page."),
      proxyAdmin("Allow CONNECT to the Tentacle's port (10933) or the server's (10943), or let Octopus use 443."),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  Proxy destination 10.1.2.3 on port 8888 responded with a 403 code - Access violation',
  }),
  defineMessage({
    id: 'proxy.code-503',
    patterns: [answered(503), answered(500), answered(504)],
    captures: [PROXY_ANSWERED],
    text: refusal(503, 'Service Unavailable'),
    means: 'The proxy accepted the request but could not reach the other Octopus end. The path to the proxy works.',
    causes: [
      {
        text: 'the destination refuses the proxy (squid: X-Squid-Error: ERR_CONNECT_FAIL 111)',
        failure: 'proxy.target-refused',
      },
      {
        text: 'a firewall between proxy and destination drops packets (ERR_CONNECT_FAIL 110, or code 504)',
        failure: 'proxy.target-timeout',
      },
      { text: 'the proxy cannot resolve the name (often code 500 or 504)', failure: 'proxy.target-not-found' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, "It shows the proxy's report about its connection to the destination."),
      proxyAdmin('Connect to the destination from the proxy itself: look up the name, then try the port.'),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234   4508     27 ERROR  Proxy destination ::ffff:10.1.2.3 on port 3128 responded with a 503 code - Service Unavailable',
  }),
  defineMessage({
    id: 'proxy.code-502',
    patterns: [answered(502), 'knowledge based article q283284'],
    captures: [PROXY_ANSWERED],
    text: `${refusal(502, 'Bad Gateway')}. If you are connecting to a Microsoft ISA destination ... Q283284 ...`,
    means: 'The proxy does not allow, or failed to open, a tunnel to that port.',
    causes: [
      { text: 'Microsoft ISA or TMG: the port is outside the allowed tunnel port range', failure: 'proxy.bad-gateway' },
      { text: 'another proxy, which could not reach the destination', failure: 'proxy.bad-gateway' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, "The proxy's Server and Via headers identify the product."),
      proxyAdmin('On ISA or TMG, add the port (10933, 10943) to the tunnel port range.'),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Proxy destination 10.1.2.3 on port 8080 responded with a 502 code - Bad Gateway.  If you are connecting to a Microsoft ISA destination please refer to knowledge based article Q283284 for more information.  Server response: Proxy Error',
  }),
  defineMessage({
    id: 'proxy.code-302',
    patterns: [answered(302), answered(301), answered(303), answered(307)],
    captures: [PROXY_ANSWERED],
    text: refusal(302, 'Found'),
    means: 'The proxy redirects the client to another page instead of opening a tunnel.',
    causes: [
      { text: 'a login page or captive portal that requires a person to sign in first', failure: 'proxy.redirect' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'It reports the address that the proxy redirects to.'),
      proxyAdmin("Exempt these two machines from the login page, or sign in with the service's account."),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Proxy destination 10.1.2.3 on port 8080 responded with a 302 code - Found',
  }),
  defineMessage({
    id: 'proxy.answer-not-http',
    patterns: [
      'no http response received from proxy destination',
      'an invalid response code was received',
      'failed to return a recognized http response code',
    ],
    captures: [PROXY_ANSWERED],
    text: 'No HTTP response received from proxy destination. Server response: ... / An invalid response code was received ... / failed to return a recognized HTTP response code',
    means: "The service at the proxy's address is not an HTTP proxy.",
    causes: [
      { text: "the proxy's host or port is wrong: another service listens there", failure: 'proxy.not-http' },
      { text: 'the proxy speaks SOCKS, which Octopus does not support', failure: 'proxy.socks' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'It shows the first bytes received and identifies the service.'),
      proxyAdmin('Provide the host and port of an HTTP proxy that allows CONNECT.'),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  No HTTP response received from proxy destination.  Server response: SSH-2.0-OpenSSH_9.2p1.',
  }),
  defineMessage({
    id: 'proxy.code-405',
    patterns: [answered(405), answered(400), answered(404), answered(501), answered(505)],
    captures: [PROXY_ANSWERED],
    text: refusal(405, 'Not Allowed (400 Bad Request, 404 Not Found)'),
    means: 'The service speaks HTTP but does not open tunnels. A web server replies to CONNECT like this.',
    causes: [
      { text: 'a web server or reverse proxy, not a forward proxy', failure: 'proxy.not-a-proxy' },
      { text: 'a forward proxy with CONNECT disabled', failure: 'proxy.not-a-proxy' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, "The proxy's Server and Via headers identify the product."),
      proxyAdmin('Provide the host and port of a forward proxy, or allow the CONNECT method there.'),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Proxy destination 10.1.2.3 on port 80 responded with a 405 code - Not Allowed',
  }),
  defineMessage({
    id: 'proxy.answer-without-blank',
    patterns: ["must be a non-negative value. (parameter 'length')", 'length cannot be less than zero'],
    text: "... must be a non-negative value. (Parameter 'length')",
    means:
      'The proxy opened the tunnel, but the library cannot parse its response: the status code is not followed by a space.',
    causes: [{ text: 'a proxy or appliance whose HTTP response is malformed', failure: 'proxy.unreadable' }],
    next: (seen) => [
      diagnoseThroughProxy(seen, "It shows the first bytes of the proxy's response."),
      proxyAdmin('Configure the proxy to reply "HTTP/1.1 200 Connection established", each line ending with CR LF.'),
    ],
    decidedBy: 'network',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: length ('-10') must be a non-negative value. (Parameter 'length')",
  }),
  defineMessage({
    id: 'proxy.code-other',
    patterns: ['proxy destination ... on port ... responded with a ... code', 'proxy destination ... responded with a'],
    captures: [PROXY_ANSWERED],
    text: 'Proxy destination ... on port ... responded with a ... code - ...',
    means:
      'The proxy rejected the tunnel with a code that has no entry of its own here. The text after the code names the reason.',
    causes: [{ text: 'a rule or fault of the proxy', failure: 'proxy.other' }],
    next: (seen) => [
      diagnoseThroughProxy(seen, "It shows the proxy's code, headers and page."),
      proxyAdmin("Check the proxy's log for this request."),
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Proxy destination 10.1.2.3 on port 3128 responded with a 429 code - Too Many Requests',
  }),
  defineMessage({
    id: 'proxy.busy-loop',
    patterns: [
      {
        oneOf: ['% cpu', '%cpu'],
        regex: /(?:proxy|no message).{0,80}100 ?% ?cpu|100 ?% ?cpu.{0,80}(?:proxy|connect\b)/,
      },
    ],
    text: '(no message, 100 % CPU)',
    means:
      'The library waits for the end of the response to CONNECT and uses a full core until it arrives. It logs nothing.',
    causes: [
      { text: 'the proxy closes the connection during CONNECT', failure: 'proxy.closed' },
      { text: 'the proxy speaks SOCKS, not HTTP', failure: 'proxy.socks' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(
        seen,
        'It reports whether the proxy closes the connection, stays silent, or speaks another protocol.',
      ),
      proxyAdmin('Provide the address of an HTTP proxy, and check why this one closes connections.'),
    ],
    decidedBy: 'network',
    example: 'Since the proxy was set: no message in the log, 100 % CPU on one core',
  }),
  defineMessage({
    id: 'proxy.bad-setting',
    patterns: [
      "the proxy's hostname cannot contain a protocol prefix",
      'hostname cannot contain a protocol prefix',
      'proxyhost property must contain a value',
      'proxyport value must be greater than zero',
      'port must be greater than zero and less than 65535',
      'unable to configure the proxy server',
      { oneOf: ['unknown proxy type'], regex: /proxyexception.{0,20}unknown proxy type/ },
    ],
    text: "The proxy's hostname cannot contain a protocol prefix (eg http://) / ProxyHost property must contain a value / ProxyPort value must be greater than zero ...",
    means: 'The proxy setting is invalid. Nothing was sent.',
    causes: [
      { text: 'the host is entered as a URL (http://proxy); only the name is allowed' },
      { text: 'the host or port is empty' },
    ],
    next: setProxy,
    decidedBy: 'host',
    example: "2024-03-05 10:15:20.1234 ERROR  The proxy's hostname cannot contain a protocol prefix (eg http://)",
  }),
  defineMessage({
    id: 'proxy.no-system-proxy',
    patterns: ['agent configured to use the system proxy, but no system proxy is configured'],
    text: 'Agent configured to use the system proxy, but no system proxy is configured for ...',
    means:
      "The Tentacle is configured to use its account's proxy, but that account has none for this address. It connects directly.",
    causes: [
      {
        text: "the installer ran as another user: the service's account (often Local System) has no Internet settings",
      },
      { text: "the address is on the account's list of exceptions" },
    ],
    next: (seen) => [
      diagnoseServer(seen, "Run it as the service's account. If it works without --proxy, the message is harmless."),
      {
        who: 'tentacle-admin',
        action:
          "Check the setting for the polling proxy (useDefaultProxy with an empty host means the account's proxy). On Linux an account has none, so the Tentacle connects directly.",
        ...tentacleCommand('show-configuration'),
      },
      setPollingProxy(seen),
    ],
    decidedBy: 'host',
    example:
      '2024-03-05 10:15:20.1234   4508      1  INFO  Agent configured to use the system proxy, but no system proxy is configured for https://octopus.example:10943/',
  }),
  defineMessage({
    id: 'proxy.works-in-installer-only',
    patterns: ['works in installer, then not', 'works in the installer, then not', 'works in the installer but not'],
    text: '(polling through a proxy works in the installer, but not afterwards)',
    means:
      'The wizard tests with the proxy of the user who runs it. The service polls with its own settings, under its own account.',
    causes: [
      { text: "the service's account has other proxy settings than that user" },
      { text: 'an old Tentacle: register-with used the web proxy, or ignored the bypass list or the polling proxy' },
    ],
    next: (seen) => [
      diagnoseServer(seen, "Run it as the service's account, without and with --proxy."),
      setPollingProxy(seen),
    ],
    decidedBy: 'network',
    example: 'Polling through proxy works in installer, then not',
  }),
  defineMessage({
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
      'An old proxy rejects the header "Expect: 100-continue" of the REST call that registers a Tentacle. The protocol between Octopus and Tentacle does not use that header.',
    causes: [{ text: 'a squid version that does not support 100-continue' }],
    next: (seen) => [
      diagnoseServer(seen, 'It reports whether the connection for deployments works.'),
      proxyAdmin('Set "ignore_expect_100 on" in squid.conf, or let registration bypass the proxy.'),
    ],
    decidedBy: 'network',
    example: 'The remote server returned an error: (417) Expectation Failed.',
  }),
  defineMessage({
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
    means: 'The agent registers before its proxy is set, or without a proxy.',
    causes: [
      { text: 'an agent older than v2.24.0, whose register script does not set the polling proxy' },
      { text: 'an agent older than v2.11.0 or v1.21.0: it registers before it sets the proxy' },
    ],
    next: (seen) => [
      diagnoseServer(
        seen,
        'Run it without and with --proxy (helm values agent.pollingProxy.host and port).',
        'from a pod of the cluster',
      ),
      setAgentProxy(seen),
      {
        who: 'tentacle-admin',
        action: 'Upgrade the Kubernetes agent to v2.24.0 or later, then read its log.',
        ...sameCommand(
          'helm upgrade --reset-then-reuse-values -n NAMESPACE RELEASE oci://registry-1.docker.io/octopusdeploy/kubernetes-agent',
          'kubectl logs -l app.kubernetes.io/name=octopus-agent -n NAMESPACE --tail=100',
        ),
      },
    ],
    decidedBy: 'network',
    example: 'K8s agent registration fails behind proxy: setPollingProxy missing in register script',
  }),
  defineMessage({
    id: 'proxy.option-for-passive-only',
    patterns: ['option --proxy can only be used with --comms-style'],
    text: 'Option --proxy can only be used with --comms-style=TentaclePassive. To set a proxy for a polling Tentacle use the polling-proxy command first ...',
    means: 'The command does not apply to a polling Tentacle. Nothing was sent over the network.',
    causes: [{ text: 'register-with --proxy names the proxy that the server uses to reach a listening Tentacle' }],
    next: (seen) => [
      setPollingProxy(seen),
      { who: 'tentacle-admin', action: 'Run the registration command again without --proxy.' },
    ],
    decidedBy: 'host',
    example:
      'Option --proxy can only be used with --comms-style=TentaclePassive. To set a proxy for a polling Tentacle use the polling-proxy command first and then register the Tentacle with register-with.',
  }),
];
