import { tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { count } from '../../text/units.js';
import { quote } from '../../text/sanitize.js';
import { defineFinding } from './finding.js';

/** An instance, and the option that names it in commands of Tentacle. */
export interface NamedInstance {
  readonly instance: string;
  /** `--instance "Tentacle"`, or `--config "FILE"`. */
  readonly option: string;
}

const EXAMPLE: NamedInstance = { instance: 'Tentacle', option: '--instance "Tentacle"' };
const THUMBPRINT = '3DBA0D0DB9BD0CA0B6F2DBEA2D63503E38442E8C';
const OTHER_THUMBPRINT = 'D9D25A3455F0A3A3A2B0F2C4F1F1B2A6C4D31F6E';
const POLLED = 'https://octopus.example:10943/';

/** A change of a Tentacle's configuration: it takes effect at the next start. */
function change(action: string, { option }: NamedInstance, ...commands: readonly string[]): Step {
  return {
    who: 'tentacle-admin',
    action,
    ...tentacleCommand(...commands.map((command) => `${command} ${option}`), `service --restart ${option}`),
  };
}

/** Where the thumbprint of the server is shown. */
const SERVER_THUMBPRINT_STEP: Step = {
  who: 'server-admin',
  action: 'Read the thumbprint of the Octopus Server under Configuration > Thumbprint.',
};

/** What can be found about the configuration that is in force. */
export const configurationFindings = {
  listening: defineFinding({
    id: 'configuration.listening',
    group: 'configuration',
    status: 'ok',
    title: ({ instance, port, bind, thumbprint }: NamedInstance & ListeningFacts) =>
      `${instance}: listens on port ${port}, ${bind ?? 'all addresses'}; thumbprint ${thumbprint}`,
    example: { ...EXAMPLE, port: 10933, thumbprint: THUMBPRINT },
  }),
  polling: defineFinding({
    id: 'configuration.polling',
    group: 'configuration',
    status: 'ok',
    title: ({ instance, addresses, thumbprint }: NamedInstance & PollingFacts) =>
      `${instance}: polls ${addresses.length === 1 ? (addresses[0] ?? '') : count(addresses.length, 'address', 'addresses')}; thumbprint ${thumbprint}`,
    example: { ...EXAMPLE, addresses: [POLLED], thumbprint: THUMBPRINT },
  }),
  trusts: defineFinding({
    id: 'configuration.trusts',
    group: 'configuration',
    status: 'ok',
    title: ({ instance, thumbprints }: NamedInstance & { readonly thumbprints: readonly string[] }) =>
      thumbprints.length === 1
        ? `${instance}: trusts the Octopus Server ${thumbprints[0] ?? ''}`
        : `${instance}: trusts ${count(thumbprints.length, 'Octopus Server certificate')}`,
    example: { ...EXAMPLE, thumbprints: [OTHER_THUMBPRINT] },
  }),
  notConnected: defineFinding({
    id: 'configuration.not-connected',
    group: 'configuration',
    status: 'problem',
    title: ({ instance }: NamedInstance) => `${instance}: neither listens nor polls, and trusts no server`,
    means: () => 'The instance was created, but not configured. No Octopus Server can reach it.',
    next: ({ option }) => [
      {
        who: 'tentacle-admin',
        action: 'Register the Tentacle with the server, or remove the instance.',
        ...tentacleCommand(`help register-with`, `show-configuration ${option}`),
      },
    ],
    example: EXAMPLE,
  }),
  noInstance: defineFinding({
    id: 'configuration.no-instance',
    group: 'configuration',
    status: 'skipped',
    title: ({ folder }: { readonly folder: string }) => `No Tentacle is registered in ${folder}`,
    example: { folder: '/etc/octopus/Tentacle/Instances' },
  }),
  instanceNotFound: defineFinding({
    id: 'configuration.instance-not-found',
    group: 'configuration',
    status: 'problem',
    title: ({ instance }: InstanceChoice) => `No instance is registered as ${quote(instance)}`,
    means: ({ names }) =>
      names.length === 0
        ? 'No instance is registered on this host.'
        : `This host has ${names.map((name) => quote(name)).join(', ')}. Tentacle compares names without case.`,
    next: () => [
      { who: 'tentacle-admin', action: 'List the instances of this host.', ...tentacleCommand('list-instances') },
    ],
    example: { instance: 'Web', names: ['Tentacle'] },
  }),
  missing: defineFinding({
    id: 'configuration.file-missing',
    group: 'configuration',
    status: 'problem',
    title: ({ path, instance }: PlaceFacts) => `${owner(instance)}configuration ${path} does not exist`,
    means: ({ instance }) =>
      instance === undefined
        ? 'The path is wrong, or the file was removed.'
        : 'The instance is registered with this file. Tentacle does not start without it.',
    next: ({ instance, option }) =>
      instance === undefined
        ? [{ who: 'you', action: 'Check the path of the file.' }]
        : [
            { who: 'tentacle-admin', action: 'If the instance is needed, restore its file from a backup.' },
            {
              who: 'tentacle-admin',
              action: 'If it is not needed, remove it from the list of instances.',
              ...tentacleCommand(`delete-instance ${option ?? ''}`),
            },
          ],
    example: { path: '/etc/octopus/Tentacle/tentacle-Tentacle.config', ...EXAMPLE },
  }),
  denied: defineFinding({
    id: 'configuration.file-denied',
    group: 'configuration',
    status: 'unknown',
    title: ({ path, instance }: PlaceFacts) => `${owner(instance)}configuration ${path} could not be read`,
    means: () => 'This account may not read it. What is configured there was not checked.',
    next: () => [{ who: 'tentacle-admin', action: 'Run this check as root, or in an elevated PowerShell.' }],
    example: { path: '/etc/octopus/Tentacle/tentacle-Tentacle.config', ...EXAMPLE },
  }),
  malformed: defineFinding({
    id: 'configuration.file-malformed',
    group: 'configuration',
    status: 'problem',
    title: ({ path, instance }: PlaceFacts & { readonly detail: string }) =>
      `${owner(instance)}configuration ${path} is not valid`,
    means: ({ detail }) => `The file was not read: ${detail}. Tentacle cannot read it either.`,
    next: () => [{ who: 'tentacle-admin', action: 'Correct the file at this place, or restore it from a backup.' }],
    example: {
      path: '/etc/octopus/Tentacle/tentacle-Tentacle.config',
      detail: 'it is not valid XML (line 4, column 12)',
      ...EXAMPLE,
    },
  }),
  notRegistered: defineFinding({
    id: 'configuration.file-not-registered',
    group: 'configuration',
    status: 'warning',
    title: ({ path }: { readonly path: string; readonly registered: readonly string[] }) =>
      `${path} is not the configuration of a registered instance`,
    means: ({ registered }) =>
      `The service reads another file, unless it was installed with --config. Registered: ${registered.join(', ')}.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Compare the file with those of the registered instances.',
        ...tentacleCommand('list-instances'),
      },
    ],
    example: {
      path: '/etc/octopus/old/tentacle.config',
      registered: ['/etc/octopus/Tentacle/tentacle-Tentacle.config'],
    },
  }),
  invalidSetting: defineFinding({
    id: 'configuration.setting-invalid',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, key, value }: NamedInstance & SettingFacts) =>
      `${instance}: ${key} ${value === undefined ? 'cannot be read' : `is ${quote(value)}`}`,
    means: ({ expected }) => `The value has to be ${expected}. Tentacle does not start with another one.`,
    next: ({ correction, ...facts }) => [
      correction === undefined
        ? { who: 'tentacle-admin', action: 'Correct the value, then restart the service.' }
        : change('Set a valid value.', facts, correction),
    ],
    example: {
      ...EXAMPLE,
      key: 'Tentacle.Services.PortNumber',
      value: '70000',
      expected: 'a number from 1 to 65535',
      correction: 'configure --port 10933',
    },
  }),
  randomPort: defineFinding({
    id: 'configuration.port-zero',
    group: 'configuration',
    status: 'problem',
    title: ({ instance }: NamedInstance) => `${instance}: the configured port is 0`,
    means: () => 'With port 0 the system chooses a free port at each start. The Octopus Server does not find it there.',
    next: (facts) => [change('Set the port that the Octopus Server connects to.', facts, 'configure --port 10933')],
    example: EXAMPLE,
  }),
  noCertificate: defineFinding({
    id: 'configuration.no-certificate',
    group: 'configuration',
    status: 'problem',
    title: ({ instance }: NamedInstance) => `${instance}: no certificate is configured`,
    means: () => 'Tentacle does not start without its own certificate.',
    next: (facts) => [change('Create a certificate.', facts, 'new-certificate --if-blank')],
    example: EXAMPLE,
  }),
  noTrust: defineFinding({
    id: 'configuration.no-trust',
    group: 'configuration',
    status: 'problem',
    title: ({ instance }: NamedInstance) => `${instance}: no Octopus Server is trusted`,
    means: () => 'Tentacle closes each connection after the TLS handshake, because it trusts no certificate.',
    next: (facts) => [SERVER_THUMBPRINT_STEP, change('Trust that thumbprint.', facts, 'configure --trust THUMBPRINT')],
    example: EXAMPLE,
  }),
  noListen: defineFinding({
    id: 'configuration.no-listen',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, trusted }: NamedInstance & { readonly trusted: number }) =>
      `${instance}: does not listen, but trusts ${count(trusted, 'server')} that connect to it`,
    means: () =>
      'Listening is turned off (NoListen) and no server is polled. No Octopus Server can reach this instance.',
    next: (facts) => [
      change('If the server connects to this Tentacle, turn listening on.', facts, 'configure --noListen False'),
      change(
        'If this Tentacle is to poll the server, set the address to poll.',
        facts,
        'server-comms --style TentacleActive --host SERVER',
      ),
    ],
    example: { ...EXAMPLE, trusted: 1 },
  }),
  unusedTrust: defineFinding({
    id: 'configuration.listening-trust-unused',
    group: 'configuration',
    status: 'warning',
    title: ({ instance, thumbprint }: NamedInstance & ThumbprintFacts) =>
      `${instance}: trusts ${thumbprint}, but neither listens nor polls it`,
    means: () =>
      'The instance does not listen, so a server with this certificate cannot connect. The trust may be left over.',
    next: ({ thumbprint, ...facts }) => [
      SERVER_THUMBPRINT_STEP,
      change('If no server has this thumbprint, remove the trust.', facts, `configure --remove-trust ${thumbprint}`),
    ],
    example: { ...EXAMPLE, thumbprint: THUMBPRINT },
  }),
  listensAndPolls: defineFinding({
    id: 'configuration.listens-and-polls',
    group: 'configuration',
    status: 'warning',
    title: ({ instance, port }: NamedInstance & { readonly port: number }) =>
      `${instance}: polls its server, and listens on port ${port} too`,
    means: () =>
      'A polling Tentacle does not need an open port. The Octopus Server uses only one of the two connections.',
    next: (facts) => [
      change('If the server has it as a polling Tentacle, turn listening off.', facts, 'configure --noListen True'),
    ],
    example: { ...EXAMPLE, port: 10933 },
  }),
  severalTrusts: defineFinding({
    id: 'configuration.several-trusts',
    group: 'configuration',
    status: 'warning',
    title: ({ instance, thumbprints }: NamedInstance & { readonly thumbprints: readonly string[] }) =>
      `${instance}: ${count(thumbprints.length, 'certificate')} may connect as Octopus Server`,
    means: () =>
      'All nodes of one server share one certificate. More than one means several servers, or trust left from an old certificate or server.',
    next: (facts) => [
      SERVER_THUMBPRINT_STEP,
      change(
        'If a thumbprint of the evidence is of no server that you have, remove the trust in it.',
        facts,
        'configure --remove-trust THUMBPRINT',
      ),
    ],
    example: { ...EXAMPLE, thumbprints: [THUMBPRINT, OTHER_THUMBPRINT] },
  }),
  polledTwice: defineFinding({
    id: 'configuration.polled-with-several-thumbprints',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, address, thumbprints }: NamedInstance & PolledTwiceFacts) =>
      `${instance}: polls ${address} with ${thumbprints.length} expected thumbprints`,
    means: () =>
      'One address has one certificate, so all but one of these entries fail at each attempt. They remain when a server changes its certificate.',
    next: (facts) => [
      SERVER_THUMBPRINT_STEP,
      change('Remove the trust in the other thumbprint.', facts, 'configure --remove-trust THUMBPRINT'),
    ],
    example: { ...EXAMPLE, address: POLLED, thumbprints: [THUMBPRINT, OTHER_THUMBPRINT] },
  }),
  noPollingAddress: defineFinding({
    id: 'configuration.polling-address-missing',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, thumbprint }: NamedInstance & ThumbprintFacts) =>
      `${instance}: no address to poll the server ${thumbprint}`,
    means: () => 'Tentacle skips this entry and logs that its configuration is incomplete.',
    next: ({ thumbprint, ...facts }) => [
      change(
        'Set the address of the server to poll.',
        facts,
        `server-comms --thumbprint ${thumbprint} --style TentacleActive --host SERVER`,
      ),
    ],
    example: { ...EXAMPLE, thumbprint: THUMBPRINT },
  }),
  badPollingAddress: defineFinding({
    id: 'configuration.polling-address-invalid',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, address }: NamedInstance & ThumbprintFacts & { readonly address: string }) =>
      `${instance}: ${quote(address)} cannot be polled`,
    means: () => 'The address has to begin with https:// (TCP, usually port 10943) or wss:// (WebSocket).',
    next: ({ thumbprint, ...facts }) => [
      change(
        'Set the address of the server to poll.',
        facts,
        `server-comms --thumbprint ${thumbprint} --style TentacleActive --host SERVER`,
      ),
    ],
    example: { ...EXAMPLE, thumbprint: THUMBPRINT, address: 'http://octopus.example' },
  }),
  noSubscription: defineFinding({
    id: 'configuration.subscription-missing',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, address }: NamedInstance & { readonly address: string }) =>
      `${instance}: polls ${address} without a subscription`,
    means: () => 'The server sends calls to subscriptions. Without an ID of its own, this Tentacle receives none.',
    next: ({ option }) => [
      {
        who: 'tentacle-admin',
        action: 'Register the Tentacle with the server again, which sets a new subscription.',
        ...tentacleCommand(`register-with --server URL --apiKey KEY --comms-style TentacleActive ${option}`),
      },
    ],
    example: { ...EXAMPLE, address: POLLED },
  }),
  badThumbprint: defineFinding({
    id: 'configuration.thumbprint-invalid',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, thumbprint }: NamedInstance & ThumbprintFacts) =>
      `${instance}: trusts ${quote(thumbprint)}, which is not a thumbprint`,
    means: () =>
      'A thumbprint has 40 hexadecimal digits. With other characters, also invisible ones from a copied text, it matches no certificate.',
    next: ({ thumbprint, ...facts }) => [
      SERVER_THUMBPRINT_STEP,
      /^\w+$/.test(thumbprint)
        ? change(
            'Replace it with that thumbprint.',
            facts,
            `update-trust --oldThumbprint ${thumbprint} --newThumbprint THUMBPRINT`,
          )
        : change('Type that thumbprint instead of pasting it, and trust it.', facts, 'configure --trust THUMBPRINT'),
    ],
    example: { ...EXAMPLE, thumbprint: 'ABC123' },
  }),
  lowerCase: defineFinding({
    id: 'configuration.thumbprint-lower-case',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, thumbprint }: NamedInstance & ThumbprintFacts) =>
      `${instance}: polls a server whose thumbprint is in lower case, ${thumbprint}`,
    means: () =>
      'A polling Tentacle compares the letters as they are, and certificates have upper-case thumbprints. They never match.',
    next: ({ thumbprint, ...facts }) => [
      change(
        'Replace it with the same thumbprint in upper case.',
        facts,
        `update-trust --oldThumbprint ${thumbprint} --newThumbprint ${thumbprint.toUpperCase()}`,
      ),
    ],
    example: { ...EXAMPLE, thumbprint: THUMBPRINT.toLowerCase() },
  }),
  sharedPort: defineFinding({
    id: 'configuration.port-shared',
    group: 'configuration',
    status: 'problem',
    title: ({ names, port }: NamedInstance & { readonly names: readonly string[]; readonly port: number }) =>
      `${names.join(' and ')} listen on the same port, ${port}`,
    means: () => 'Only the instance that starts first can listen. The other one fails at its start.',
    next: (facts) => [
      change('Set another port for one of them.', facts, 'configure --port PORT'),
      { who: 'server-admin', action: 'Change the port of that deployment target, and allow it in each firewall.' },
    ],
    example: { ...EXAMPLE, names: ['Tentacle', 'Web'], port: 10933 },
  }),
  bindMissing: defineFinding({
    id: 'configuration.bind-missing',
    group: 'configuration',
    status: 'problem',
    title: ({ instance, bind }: NamedInstance & { readonly bind: string }) =>
      `${instance}: listens on ${bind}, which is not an address of this host`,
    means: () => 'Tentacle does not start, because the system refuses to listen on an address that it does not have.',
    next: (facts) => [
      change('Listen on all addresses, or on one of this host.', facts, 'configure --listenIpAddress any'),
    ],
    example: { ...EXAMPLE, bind: '192.0.2.77' },
  }),
  bindLoopback: defineFinding({
    id: 'configuration.bind-loopback',
    group: 'configuration',
    status: 'warning',
    title: ({ instance, bind }: NamedInstance & { readonly bind: string }) =>
      `${instance}: listens on ${bind}, which only this host reaches`,
    means: () => 'An Octopus Server on another host cannot connect, unless a program on this host forwards the port.',
    next: (facts) => [change('Listen on all addresses.', facts, 'configure --listenIpAddress any')],
    example: { ...EXAMPLE, bind: '127.0.0.1' },
  }),
  portalProxyOnly: defineFinding({
    id: 'configuration.polling-without-proxy',
    group: 'configuration',
    status: 'warning',
    title: ({ instance, proxy }: NamedInstance & { readonly proxy: string }) =>
      `${instance}: polls directly, although ${proxy} is set for other calls`,
    means: () =>
      'Tentacle has two proxy settings. The one of the command proxy is for the portal; polling uses the one of polling-proxy.',
    next: (facts) => [
      change(
        'If the polling port is reached only through the proxy, set it for polling too.',
        facts,
        'polling-proxy --proxyEnable True --proxyHost HOST --proxyPort PORT',
      ),
    ],
    example: { ...EXAMPLE, proxy: 'proxy.example:3128' },
  }),
};

interface ListeningFacts {
  readonly port: number;
  readonly bind?: string;
  /** Its own. */
  readonly thumbprint: string;
}

interface PollingFacts {
  readonly addresses: readonly string[];
  readonly thumbprint: string;
}

interface InstanceChoice {
  readonly instance: string;
  readonly names: readonly string[];
}

/** A file, and the instance that it configures; absent for a file of the list of instances. */
interface PlaceFacts extends Partial<NamedInstance> {
  readonly path: string;
}

interface SettingFacts {
  readonly key: string;
  readonly value?: string;
  readonly expected: string;
  /** The command that sets a valid value, where there is one. */
  readonly correction?: string;
}

interface ThumbprintFacts {
  readonly thumbprint: string;
}

interface PolledTwiceFacts {
  readonly address: string;
  readonly thumbprints: readonly string[];
}

function owner(instance: string | undefined): string {
  return instance === undefined ? '' : `${instance}: `;
}
