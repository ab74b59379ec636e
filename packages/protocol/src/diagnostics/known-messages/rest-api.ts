import { sameCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { defineMessage } from './known-message.js';
import type { CapturedFields } from './captured-fields.js';

const tryWebAddress = (seen: CapturedFields): Step => ({
  who: 'you',
  action:
    'Run diagnose against the web address on the machine or pod that logged this message. It reports the stage that fails, the certificate and the page.',
  ...sameCommand(`tentacle-ping diagnose ${seen.host ?? 'OCTOPUS-SERVER'}:${seen.port ?? '443'}`),
});

/** Calls of Octopus's REST API (web port), by registration commands and scripts: not the protocol between the two ends. */
export const restApiMessages = [
  defineMessage({
    id: 'rest.timed-out',
    patterns: [
      'the request was canceled due to the configured httpclient.timeout',
      'webexception: the operation has timed out',
      'webexception: the request was aborted: the operation has timed out',
      'a connection could not be established within the configured connecttimeout',
      'httpclient.timeout',
    ],
    text: 'The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing. / System.Net.WebException: The operation has timed out',
    means:
      "A web request got no answer in time. It is not a cancellation. It concerns a web address (Octopus's portal and REST API, or the address that a script called), not the protocol between Octopus Server and Tentacle.",
    causes: [
      { text: 'a firewall drops the packets to the web address, or a proxy is required there', failure: 'tcp.timeout' },
      { text: 'the web service is overloaded, or the request itself takes that long' },
    ],
    next: (seen) => [
      tryWebAddress(seen),
      {
        who: 'tentacle-admin',
        action:
          'Check the proxy for web requests of that machine: it is another setting than the polling proxy (Tentacle command "proxy").',
        windows: 'netsh winhttp show proxy',
        linux: 'env | grep -i proxy',
      },
    ],
    decidedBy: 'network',
    example:
      'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
  }),
  defineMessage({
    id: 'rest.not-authorized',
    patterns: [
      'octopussecurityexception',
      'you must be logged in to request this resource',
      'the api key you provided was not valid',
      'please provide a valid api key',
      'you do not have permission to perform this action',
      'a bearer token is required',
    ],
    text: 'Octopus.Client.Exceptions.OctopusSecurityException: You must be logged in to request this resource. / The API key you provided was not valid.',
    means:
      'Octopus Server answered on its web address and refuses this user. The network, TLS and the server work. The protocol between Octopus Server and Tentacle is not concerned.',
    causes: [
      {
        text: 'the API key or bearer token is wrong, expired or revoked (the token of an agent installation lasts one hour)',
      },
      { text: 'its user may not register machines in that space' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action: 'Try the key against the REST API. If it works, check the permissions of its user in that space.',
        windows: "Invoke-RestMethod https://OCTOPUS-SERVER/api/users/me -Headers @{ 'X-Octopus-ApiKey' = 'API-KEY' }",
        linux: "curl -H 'X-Octopus-ApiKey: API-KEY' https://OCTOPUS-SERVER/api/users/me",
      },
      { who: 'tentacle-admin', action: 'Create a new key or token, and run the registration command again.' },
    ],
    decidedBy: 'host',
    example:
      'Octopus.Client.Exceptions.OctopusSecurityException: You must be logged in to request this resource. Please provide a valid API key or log in again.',
  }),
];
