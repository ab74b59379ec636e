import type { ConnectionFacts } from '../../trace.js';
import { type End, type Ends, listenerOf } from '../ends.js';
import { hostAndPort } from '../wording.js';
import { type Step } from '../step.js';

/** A port beside the one in question, for what takes an end's place while that end is running. */
const portBeside = ({ port }: ConnectionFacts): number => (port < 65_535 ? port + 1 : port - 1);

/** Shows which process listens on a port. Has no `$`, which PowerShell replaces in quotes, and needs no elevation. */
function listenerCommands({ port }: ConnectionFacts): Pick<Step, 'windows' | 'linux'> {
  return {
    windows: `powershell "Get-Process -Id (Get-NetTCPConnection -LocalPort ${port} -State Listen).OwningProcess"`,
    linux: `sudo ss -ltnp 'sport = :${port}'`,
  };
}

/** Which process listens on the port, on the other end's host. */
export function checkListener(facts: ConnectionFacts, { there }: Ends): Step {
  return {
    who: there.administrator,
    action: `On ${there.host}, check which process listens on port ${facts.port}.`,
    ...listenerCommands(facts),
  };
}

/** What the firewall of the other end's host does with the port. */
export function checkHostFirewall({ port }: ConnectionFacts, { there }: Ends): Step {
  return {
    who: there.administrator,
    action: `Allow inbound TCP ${port} in the firewall of ${there.host}.`,
    windows: `powershell "Get-NetFirewallPortFilter | ? LocalPort -eq ${port} | Get-NetFirewallRule"`,
    linux: 'sudo nft list ruleset; sudo iptables -S',
  };
}

/** Whether the connection arrived at the other end, and what that end logged about it. */
export function readPeerLog({ there }: Ends): Step {
  const { name, where, rejection: _, ...commands } = there.log;
  return {
    who: there.administrator,
    action: `Check ${name}${where === undefined ? '' : ` (${where})`} at this time: did the connection arrive, and what was logged about it?`,
    ...commands,
  };
}

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

/** The stand-in, started next to the other end, and what its success means. */
export function startStandIn(facts: ConnectionFacts, { there }: Ends, conclusion: string): Step {
  const { name, command } = there.standIn;
  const start = there.isListener
    ? `Start ${name} on another port of ${there.host}, and test that port from here.`
    : `Start ${name} on ${there.host}.`;
  const line = command(there.isListener ? { ...facts, port: portBeside(facts) } : facts);
  return { who: 'you', action: `${start} ${conclusion}`, windows: line, linux: line };
}

/** Separates the network from the software at the other end: only the former is shared with a stand-in. */
export function compareWithStandIn(facts: ConnectionFacts, ends: Ends): Step {
  return startStandIn(
    facts,
    ends,
    `If it fails in the same way, the network is at fault; if it works, ${ends.there.name} is.`,
  );
}

/** TLS has to reach the end that listens unchanged. */
export function passTlsThrough(ends: Ends): Step {
  return {
    who: 'network-team',
    action: `Find the load balancer, proxy, gateway or (web application) firewall that terminates TLS in front of ${listenerOf(ends).name}. Configure it to pass TLS through on this port (nginx: stream instead of http, without ssl; haproxy: mode tcp, without ssl). Alternatively, exempt this connection from inspection.`,
  };
}

export function compareThumbprint({ there }: Ends): Step {
  const { action, where: _, ...commands } = there.ownThumbprint;
  return { who: there.administrator, action: `${action} Compare it with the thumbprint seen here.`, ...commands };
}

const portInWords = ({ product, defaultPort }: End): string =>
  product === 'tentacle'
    ? `a listening Tentacle uses port ${defaultPort} by default`
    : `an Octopus Server accepts polling Tentacles on port ${defaultPort} by default, separate from its web portal`;

/** The address that this end connects to. */
export function checkHostAndPort({ here, there }: Ends): Step {
  const { name, ...commands } = here.peerSettings;
  return {
    who: here.administrator,
    action: `Check the host and port in ${name}${there.isListener ? `: ${portInWords(there)}` : ''}.`,
    ...commands,
  };
}

/** The key of the other end's certificate. Weak keys are only shown when old TLS parameters are offered. */
export function checkKeySize(facts: ConnectionFacts, { there }: Ends): Step {
  const command = `tentacle-ping diagnose ${hostAndPort(facts)} --tls-min 1.0`;
  return {
    who: 'you',
    action: `Check the key size of ${there.name}'s certificate: at least 2048 bits are needed.`,
    windows: command,
    linux: command,
  };
}

/** A step of its own: its command replaces the certificate at once. */
export function renewCertificate({ there }: Ends, condition: string): Step {
  const { action, ...commands } = there.renewal;
  return { who: there.administrator, action: `${condition}, ${action}.`, ...commands };
}

/** The command that repeats the test on the other end's own host, without the network. */
export function localTest(facts: ConnectionFacts, { here }: Ends): string {
  return here.standIn.diagnose({ ...facts, host: 'localhost' });
}

/** Where TLS is terminated: the certificate changes at that device. */
export function narrowDown(facts: ConnectionFacts, ends: Ends): Step {
  const command = localTest(facts, ends);
  return {
    who: 'you',
    action: `Run the same test on ${ends.there.host}, then on hosts closer and closer to this machine. The certificate changes at the device that terminates TLS.`,
    windows: command,
    linux: command,
  };
}
