import type { ConnectionFacts } from '../../trace.js';
import type { End, Ends } from '../ends.js';
import type { Step } from '../step.js';

/** Checks the log of an end. @param action what to look for in it. */
export function readLog({ administrator, log: { windows, linux } }: End, action: string): Step {
  return { who: administrator, action, ...commands({ windows, linux }) };
}

/** The log's name, with where to find it: `the Octopus Server's log (Configuration > Diagnostics, or its file)`. */
export function logOf({ log: { name, where } }: End): string {
  return where === undefined ? name : `${name} (${where})`;
}

/** Checks what the other end's log says about this connection. */
export function readLogAtThisTime({ there }: Ends): Step {
  return readLog(
    there,
    `Check ${logOf(there)} at this time: whether the connection arrived, and what was logged about it.`,
  );
}

/** Compares the presented thumbprint with the one that the other end shows. */
export function compareThumbprint({ there }: Ends): Step {
  const { action, windows, linux } = there.ownThumbprint;
  return {
    who: there.administrator,
    action: `${action} Compare it with the presented one.`,
    ...commands({ windows, linux }),
  };
}

/** Checks whether the other end works at all. */
export function checkHealth({ there }: Ends): Step {
  return {
    who: there.administrator,
    action: `Check whether ${there.name} is hung or overloaded, or was stopping or restarting at that time.`,
  };
}

/** Checks the address that is configured at this end. */
export function checkPort({ here, there }: Ends): Step {
  const accepts =
    there.product === 'server'
      ? `on which ${there.name} accepts polling Tentacles (${there.defaultPort} unless changed), not the one of its web portal`
      : `on which ${there.name} listens (${there.defaultPort} unless changed)`;
  return {
    who: here.administrator,
    action: `Check the configured host and port. The port must be the one ${accepts}.`,
  };
}

/** Finds the device that terminates TLS before the end that listens. */
export function passTlsThrough({ here, there }: Ends): Step {
  const listener = there.isListener ? there : here;
  return {
    who: 'network-team',
    action: `Find the load balancer, proxy, gateway or web application firewall that terminates TLS in front of ${listener.name}. Let it pass TLS through for this port (nginx: stream, not http, without ssl; HAProxy: mode tcp without ssl), or exempt this connection from inspection.`,
  };
}

/** On port 443 one address may serve both the web portal and polling, and the server name in TLS decides. */
export function checkPollingName({ port }: ConnectionFacts, { here, there }: Ends): Step[] {
  if (there.product !== 'server' || port !== 443) return [];
  return [
    {
      who: here.administrator,
      action:
        'On port 443, the server name in TLS (SNI) decides which service receives a connection. Poll the name that is reserved for polling (Octopus Cloud: polling.NAME.octopus.app), not the name of the web portal.',
    },
  ];
}

/** Replaces the other end by its stand-in, which shows whether the network or that end is at fault. */
export function tryStandIn(facts: ConnectionFacts, { there }: Ends): Step {
  const { standIn, host, isListener } = there;
  // Its own port is taken by the end that it replaces.
  const port = facts.port < 65_535 ? facts.port + 1 : facts.port - 1;
  const command = standIn.command(isListener ? { ...facts, port } : facts);
  return {
    who: 'you',
    action: `Run ${standIn.name} on ${host}${isListener ? ', on another port,' : ''} and repeat the test. If it fails in the same way, the network is at fault; if it succeeds, the network is in order.`,
    windows: command,
    linux: command,
  };
}

/** How the stand-in separates a fault of the other end from one of the network. @param culprit at fault on success. */
export function standInTest({ there: { standIn, host, name } }: Ends, culprit = name): string {
  return `Run ${standIn.name} on ${host} and repeat the test. The same failure means the network; success means ${culprit}.`;
}

/** Gives an end a new certificate. @param condition stands before the action: `If ..., `. */
export function renewCertificate(end: End, condition = ''): Step[] {
  const create = condition === '' ? 'Create' : `${condition}create`;
  if (end.product === 'tentacle') {
    return [
      {
        who: end.administrator,
        action: `${create} a new certificate for the Tentacle. Then restart it (Tentacle service --restart), and enter the new thumbprint in its settings in Octopus. Until then, the Octopus Server cannot use the Tentacle.`,
        windows: 'Tentacle new-certificate',
        linux: 'Tentacle new-certificate',
      },
    ];
  }
  // To replace the server's certificate at once would cut off every Tentacle.
  return [
    {
      who: end.administrator,
      action: `${create} a new certificate for the Octopus Server in a file, without replacing the current one.`,
      windows: 'Octopus.Server new-certificate --export-pfx=FILE --pfx-password=PASSWORD',
    },
    {
      who: 'tentacle-admin',
      action: 'Let each Tentacle trust the new thumbprint too, and restart it.',
      windows: 'Tentacle configure --trust=NEW & Tentacle service --restart',
      linux: 'Tentacle configure --trust=NEW && Tentacle service --restart',
    },
    {
      who: end.administrator,
      action: 'Import the new certificate, and restart the Octopus Server.',
      windows:
        'Octopus.Server import-certificate --from-file=FILE --pfx-password=PASSWORD & Octopus.Server service --restart',
    },
    {
      who: 'tentacle-admin',
      action: 'Remove the old thumbprint from each Tentacle, and restart it.',
      windows: 'Tentacle configure --remove-trust=OLD & Tentacle service --restart',
      linux: 'Tentacle configure --remove-trust=OLD && Tentacle service --restart',
    },
  ];
}

function commands({ windows, linux }: { windows: string | undefined; linux: string | undefined }) {
  return { ...(windows === undefined ? {} : { windows }), ...(linux === undefined ? {} : { linux }) };
}
