import type { ConnectionFacts } from '../../trace.js';
import { omitUndefined } from '../../plain-data/omit-undefined.js';
import { type End, type Ends, listenerOf } from '../ends.js';
import { hostAndPort } from '../wording.js';
import {
  firewallRulesCommand,
  listenerCommand,
  octopusServerCommand,
  sameCommand,
  tentacleCommand,
} from '../product-commands.js';
import type { Step } from '../step.js';

/** The next port, or the one before the last: for a stand-in that runs while the end that it replaces keeps its port. */
const adjacentPort = ({ port }: ConnectionFacts): number => (port < 65_535 ? port + 1 : port - 1);

/** Shows which process listens on the port, on the other end's host. */
export function checkListener(facts: ConnectionFacts, { there }: Ends): Step {
  return {
    who: there.administrator,
    action: `On ${there.host}, check which process listens on port ${facts.port}.`,
    ...listenerCommand(facts.port),
  };
}

/** Opens the port in the firewall of the other end's host. */
export function checkHostFirewall({ port }: ConnectionFacts, { there }: Ends): Step {
  return {
    who: there.administrator,
    action: `Allow inbound TCP ${port} in the firewall of ${there.host}.`,
    ...firewallRulesCommand(port),
  };
}

/** Checks the log of an end. @param action what to look for in it. */
export function readLog({ administrator, log: { windows, linux } }: End, action: string): Step {
  return omitUndefined({ who: administrator, action, windows, linux });
}

/** The log's name, with where to find it: `the Octopus Server's log (Configuration > Diagnostics, or its file)`. */
export function logName({ log: { name, where } }: End): string {
  return where === undefined ? name : `${name} (${where})`;
}

/** Checks what the other end's log says about this connection. */
export function readPeerLog({ there }: Ends): Step {
  return readLog(
    there,
    `Check in ${logName(there)} whether the connection arrived at this time, and what was logged about it.`,
  );
}

/** Checks whether the other end works at all. */
export function checkPeerHealth({ there }: Ends): Step {
  return {
    who: there.administrator,
    action: `Check whether ${there.name} was hung, overloaded, stopping or restarting at that time.`,
    ...there.serviceStatus,
  };
}

export function restartIfHung({ there }: Ends): Step {
  return { who: there.administrator, action: `If ${there.name} is hung, restart it.`, ...there.serviceRestart };
}

/** Starts the stand-in next to the other end. @param conclusion a sentence: what its success means. */
export function startStandIn(facts: ConnectionFacts, { there }: Ends, conclusion: string): Step {
  const { name, command } = there.standIn;
  const start = there.isListener
    ? `Start ${name} on another port of ${there.host}, and test that port from here.`
    : `Start ${name} on ${there.host}, with the name or address of this machine.`;
  const target = there.isListener ? { ...facts, port: adjacentPort(facts) } : facts;
  return { who: 'you', action: `${start} ${conclusion}`, ...sameCommand(command(target)) };
}

/** Separates the network from the other end where no other software can take its place. */
const COMPARE_CAPTURES =
  'Capture packets on both machines during an attempt. Packets that leave one and do not arrive at the other are lost in transit; if all arrive, tentacle-pong is at fault.';

/** Separates the network from the software at the other end: only the former is shared with a stand-in. */
export function compareWithStandIn(facts: ConnectionFacts, ends: Ends): Step {
  if (ends.there.isStandIn) return { who: 'you', action: COMPARE_CAPTURES };
  return startStandIn(
    facts,
    ends,
    `If it fails in the same way, the network is at fault; if it works, ${ends.there.name} is.`,
  );
}

/** The same comparison, as a sentence that separates two causes. @param culprit at fault if the stand-in works. */
export function describeStandInTest(ends: Ends, culprit = ends.there.name): string {
  if (ends.there.isStandIn) return COMPARE_CAPTURES;
  const { standIn, host } = ends.there;
  return `Run ${standIn.name} on ${host} and repeat the test. If it fails in the same way, the network is at fault; if it works, ${culprit} is.`;
}

/** Finds the device that terminates TLS, which has to reach the end that listens unchanged. */
export function passTlsThrough(ends: Ends): Step[] {
  return [
    {
      who: 'network-team',
      action: `Find the load balancer, proxy, gateway or (web application) firewall that terminates TLS in front of ${listenerOf(ends).name}. Configure it to pass TLS through on this port (nginx: stream instead of http, without ssl; HAProxy: mode tcp, without ssl).`,
    },
    { who: 'network-team', action: 'If it cannot pass TLS through, exempt this connection from inspection.' },
  ];
}

/**
 * Tests whether packets of full size reach the other end without this tool. 1472 bytes are 1500 with the headers of IPv4
 * and ICMP, the largest packet on Ethernet.
 */
export function testPacketSize({ host, address = host, proxy }: ConnectionFacts): Step[] {
  // A ping does not go through a proxy.
  if (proxy !== undefined) return [];
  return [
    {
      who: 'you',
      action:
        'Ping with small packets, then with full-size ones that must not be fragmented. If only the small ones are answered, the path has a smaller MTU.',
      windows: `ping ${address}\nping -f -l 1472 ${address}`,
      linux: `ping -c 3 ${address}\nping -c 3 -M do -s 1472 ${address}`,
    },
  ];
}

/** Lets both ends learn the largest packet of the path. */
export const ALLOW_MTU_NOTICES: Step = {
  who: 'network-team',
  action: 'If large packets are lost because of a smaller MTU, allow ICMP "fragmentation needed", or clamp the MSS.',
};

/** Compares the presented thumbprint with the one that the other end itself shows. */
export function compareThumbprint({ there }: Ends): Step {
  const { action, where: _, ...commands } = there.ownThumbprint;
  return { who: there.administrator, action: `${action} Compare it with the presented thumbprint.`, ...commands };
}

/** Checks the address to which the end that connects connects. */
export function checkHostAndPort(ends: Ends): Step {
  const listener = listenerOf(ends);
  if (listener.isStandIn)
    return {
      who: 'you',
      action: 'Check the host and port of this test. tentacle-pong prints its port when it starts.',
    };
  const connector = listener === ends.there ? ends.here : ends.there;
  const { name, ...commands } = connector.peerSettings;
  const purpose =
    listener.service === 'polling'
      ? `accepts polling Tentacles (${listener.defaultPort} unless changed), not the port of its web portal`
      : `listens (${listener.defaultPort} unless changed)`;
  return {
    who: connector.administrator,
    action: `Check the host and port in ${name}. The port must be the one on which ${listener.name} ${purpose}.`,
    ...commands,
  };
}

/**
 * Checks whether the other end can use its certificate. One that cannot sends an alert in place of it, whatever is
 * offered, so that only its own host shows the key.
 */
export function checkCertificateUse(facts: ConnectionFacts, { there }: Ends): Step[] {
  return [
    {
      who: 'you',
      action: `Run diagnose, which offers each TLS version on its own. If ${there.name} accepts TLS 1.0 or 1.1 only, its versions are the cause. If it accepts none, it cannot use its certificate.`,
      ...sameCommand(`tentacle-ping diagnose ${hostAndPort(facts)}`),
    },
    showCertificate(there),
  ];
}

/** Shows the key and the signature of an end's certificate, on its own host. */
function showCertificate(end: End): Step {
  const { administrator, product, host } = end;
  if (end.isStandIn) return startWithOwnCertificate(end, undefined);
  const action = `On ${host}, check its certificate: a key of at least 2048 bits, signed with SHA-256.`;
  if (product === 'server') return { who: administrator, action: `${action} Configuration > Thumbprint shows both.` };
  const { windows, linux } = tentacleCommand('show-thumbprint');
  return {
    who: administrator,
    action: `${action} The first command prints the thumbprint and loads the certificate, the second shows it.`,
    windows: `${windows}\nGet-ChildItem Cert:\\CurrentUser\\Octopus | Select-Object Thumbprint, { $_.SignatureAlgorithm.FriendlyName }, { $_.PublicKey.Key.KeySize }`,
    linux: `${linux}\nsudo sh -c 'openssl pkcs12 -in ~root/.dotnet/corefx/cryptography/x509stores/my/THUMBPRINT.pfx -nokeys -passin pass: | openssl x509 -noout -text'`,
  };
}

/** What keeps a server from trusting a thumbprint that is right. */
export const NOT_KNOWN_TO_SERVER =
  'Check that the target or worker is enabled, not deleted, and registered with this server and space. With several nodes, restart the node that rejects it: it may not have loaded the change.';

/** Creates a new certificate for an end. @param condition a clause before the action: `If the key is weak`. */
export function renewCertificate(end: End, condition?: string): Step[] {
  if (end.isStandIn) return [startWithOwnCertificate(end, condition)];
  const create = condition === undefined ? 'Create' : `${condition}, create`;
  return end.product === 'tentacle' ? renewOnTentacle(end, create) : renewOnServer(end, create);
}

/** A stand-in creates a good certificate by itself. */
function startWithOwnCertificate({ administrator, name }: End, condition: string | undefined): Step {
  const start = condition === undefined ? 'Start' : `${condition}, start`;
  return {
    who: administrator,
    action: `${start} ${name} without --pfx and --cert. It then uses a certificate that it creates.`,
  };
}

function renewOnTentacle({ administrator }: End, create: string): Step[] {
  return [
    {
      who: administrator,
      action: `${create} a new certificate for the Tentacle, and restart it. Until Octopus has the new thumbprint, no connection between the two works.`,
      ...tentacleCommand('new-certificate', 'service --restart'),
    },
    { who: 'server-admin', action: "Enter the new thumbprint in the Tentacle's settings in Octopus." },
  ];
}

/** To replace the server's certificate at once would cut off every Tentacle. */
function renewOnServer({ administrator }: End, create: string): Step[] {
  return [
    {
      who: administrator,
      action: `${create} a new certificate for the Octopus Server in a file, without replacing the current one.`,
      ...octopusServerCommand('new-certificate --export-pfx=FILE --pfx-password=PASSWORD'),
    },
    {
      who: 'tentacle-admin',
      action: 'Let each Tentacle trust the new thumbprint too, and restart it.',
      ...tentacleCommand('configure --trust=NEW', 'service --restart'),
    },
    {
      who: administrator,
      action: 'Import the new certificate, and restart the Octopus Server.',
      ...octopusServerCommand('import-certificate --from-file=FILE --pfx-password=PASSWORD', 'service --restart'),
    },
    {
      who: 'tentacle-admin',
      action: 'Remove the old thumbprint from each Tentacle, and restart it.',
      ...tentacleCommand('configure --remove-trust=OLD', 'service --restart'),
    },
  ];
}

/** The command that repeats the test on the other end's own host, without the network. */
export function localTest(facts: ConnectionFacts, { here }: Ends): string {
  return here.standIn.diagnose({ ...facts, host: 'localhost' });
}

/** Finds the place where TLS is terminated: the certificate changes at that device. */
export function narrowDown(facts: ConnectionFacts, ends: Ends): Step {
  return {
    who: 'you',
    action: `Run the same test on ${ends.there.host}, then on hosts closer and closer to this machine. The certificate changes at the device that terminates TLS.`,
    ...sameCommand(localTest(facts, ends)),
  };
}
