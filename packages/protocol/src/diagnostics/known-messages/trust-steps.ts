import { octopusServerCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import type { Cause, MessageFacts } from './known-message.js';
import { connectorIn, listenerIn, peerIn, readOtherLog } from './steps.js';

/** Lets a listening Tentacle trust a server. A running Tentacle keeps its list until it is restarted. */
function trustServer(seen: MessageFacts): Step {
  return {
    who: 'tentacle-admin',
    action:
      "If the thumbprint is your Octopus Server's (Configuration, Thumbprint), let the Tentacle trust it, and restart the Tentacle.",
    ...tentacleCommand(`configure --trust ${seen.thumbprint ?? 'THUMBPRINT'}`, 'service --restart'),
  };
}

/** Why a server rejects a Tentacle that polls it, each with its remedy. */
function registerPoller({ thumbprint = "the Tentacle's thumbprint" }: MessageFacts): readonly Step[] {
  return [
    {
      who: 'server-admin',
      action: `Compare ${thumbprint} with the thumbprints in the settings of deployment targets and workers, in every space. If the Tentacle's entry shows another one, correct it there.`,
    },
    {
      who: 'server-admin',
      action:
        'If its entry has this thumbprint but is disabled, enable it. If it is enabled, restart this node of the server: it may not have reloaded its thumbprints.',
      ...octopusServerCommand('service --restart'),
    },
    {
      who: 'tentacle-admin',
      action:
        'If it has no entry, it was deleted there, or belongs to another server or space. Check which server it polls, and register it again.',
      ...tentacleCommand('show-configuration'),
    },
  ];
}

/** The steps after which the listening end accepts the connecting one; for both ends, where the direction is unknown. */
export function acceptClient(seen: MessageFacts): readonly Step[] {
  const rejecting = listenerIn(seen)?.product;
  if (rejecting === 'tentacle') return [trustServer(seen)];
  if (rejecting === 'server') return registerPoller(seen);
  return [
    { ...trustServer(seen), action: `For a listening Tentacle: ${trustServer(seen).action}` },
    ...registerPoller(seen).map((step) => ({ ...step, action: `For a polling Tentacle: ${step.action}` })),
  ];
}

/** Why a listening end closes a connection right after TLS, by the end that listens. */
export function rejectionCauses(seen: MessageFacts): readonly Cause[] {
  const failure = 'trust.closed-after-identity';
  const byTentacle: readonly Cause[] = [
    { text: "the Tentacle does not trust this server's thumbprint", failure },
    { text: 'the Tentacle was not restarted after its trust was changed', failure },
  ];
  const byServer: readonly Cause[] = [
    {
      text: "the server does not know the Tentacle's thumbprint: never registered, deleted, or renewed since",
      failure,
    },
    { text: 'the target is disabled, or is registered in another space or on another server', failure },
    { text: 'this node of the server has not reloaded its thumbprints since the registration', failure },
    { text: 'the server has reached its connection limit for this subscription', failure: 'poll.connection-limit' },
  ];
  const device: Cause = {
    text: 'a device in between terminates TLS and does not forward the client certificate',
    failure: 'trust.client-certificate-missing',
  };
  const listener = listenerIn(seen)?.product;
  if (listener === 'tentacle') return [...byTentacle, device];
  if (listener === 'server') return [...byServer, device];
  return [
    {
      text: "a listening Tentacle does not trust the server's thumbprint, or was not restarted after that was changed",
      failure,
    },
    {
      text: "the server does not know a polling Tentacle's thumbprint: deleted, disabled, in another space, or not reloaded",
      failure,
    },
    device,
  ];
}

/** Reads why the other end rejected this one. It names the reason only at Debug level, where it is new. */
export function readRejection(seen: MessageFacts): readonly Step[] {
  const look =
    'There, "Accepted TCP client" with the address of this end means that the connection arrived. "not in the list of thumbprints" or "did not present a client certificate" names the reason.';
  const peer = peerIn(seen);
  return [
    readOtherLog(seen, look),
    peer === undefined
      ? {
          who: 'you',
          action:
            'If the log has only "Accepted TCP client", set its level to Debug and restart. Tentacle from 8.1.1322 and Server from 2024.2.4275 on name the reason only there.',
        }
      : { who: peer.administrator, action: peer.log.rejection },
  ];
}

/** Shows the thumbprint of the end that presented a certificate. */
export function comparePresented(seen: MessageFacts): Step {
  const listener = listenerIn(seen);
  if (listener === undefined)
    return {
      who: 'you',
      action:
        'Compare the presented thumbprint with the one that the other end shows. The server shows it at Configuration > Thumbprint, a Tentacle with this command.',
      ...tentacleCommand('show-thumbprint'),
    };
  const { action, where: _, ...commands } = listener.ownThumbprint;
  return { who: listener.administrator, action: `${action} Compare it with the presented one.`, ...commands };
}

/** Enters the thumbprint of a renewed certificate at the end that connects. */
export function updateThumbprint(seen: MessageFacts): readonly Step[] {
  const connector = connectorIn(seen)?.product;
  const inOctopus: Step = {
    who: 'server-admin',
    action:
      "If the presented thumbprint is the Tentacle's own, its certificate was renewed. Enter the new thumbprint in the Tentacle's settings in Octopus.",
  };
  const { expectedThumbprint = 'OLD', presentedThumbprint = 'NEW' } = seen;
  const inTentacle: Step = {
    who: 'tentacle-admin',
    action:
      "If the presented thumbprint is the server's own, the server's certificate was renewed. Let the Tentacle trust the new one, and restart it.",
    ...tentacleCommand(
      `update-trust --oldThumbprint=${expectedThumbprint} --newThumbprint=${presentedThumbprint}`,
      'service --restart',
    ),
  };
  if (connector === 'server') return [inOctopus];
  return connector === 'tentacle' ? [inTentacle] : [inOctopus, inTentacle];
}

/** The address from which the listening end was called, in the settings of the end that connects. */
export function checkAddress(seen: MessageFacts): Step {
  const connector = connectorIn(seen);
  if (connector === undefined)
    return {
      who: 'you',
      action:
        'Check the host and port in the settings: a listening Tentacle has 10933 unless changed, the polling port of a server 10943. The port of the web portal is another one.',
    };
  const { name, ...commands } = connector.peerSettings;
  return {
    who: connector.administrator,
    action: `Check the host and port in ${name}. The port must be ${connector.product === 'server' ? 'the one on which the Tentacle listens (10933 unless changed)' : "the server's polling port (10943 unless changed), not that of its web portal"}.`,
    ...commands,
  };
}
