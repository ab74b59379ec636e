import type { Step } from '../row.js';
import type { Seen } from './seen.js';

/** Ports of Octopus unless they are changed: a listening Tentacle, the server for polling ones, the server for gRPC. */
export const TENTACLE_PORT = '10933';
export const POLLING_PORT = '10943';
export const GRPC_PORT = '8443';

/** Where the message says that the other end is, as far as it says so. */
export function target(seen: Seen, usualPort: string = TENTACLE_PORT): string {
  const unknown = usualPort === TENTACLE_PORT ? 'TENTACLE' : 'OCTOPUS-SERVER';
  return `${seen.host ?? unknown}:${seen.port ?? usualPort}`;
}

/** The same command on either system. */
function command(who: Step['who'], action: string, text: string): Step {
  return { who, action, windows: text, linux: text };
}

/** The step that tells most causes apart. */
export function diagnose(seen: Seen, why = 'it takes each step alone and says which one fails'): Step {
  const pin = seen.expectedThumbprint === undefined ? '' : ` --thumbprint ${seen.expectedThumbprint}`;
  return command(
    'you',
    `On the machine whose log has this line, run diagnose: ${why}.`,
    `tentacle-ping diagnose ${target(seen)}${pin}`,
  );
}

/** The same from a polling Tentacle's host towards the server. */
export function diagnoseServer(seen: Seen, why = 'it takes each step alone and says which one fails'): Step {
  return command(
    'you',
    `On the Tentacle's host, run diagnose towards the Octopus Server: ${why}.`,
    `tentacle-ping diagnose ${target(seen, POLLING_PORT)}`,
  );
}

export function diagnoseThroughProxy(seen: Seen, why: string): Step {
  const proxy = `http://${seen.proxyHost ?? 'PROXY'}:${seen.proxyPort ?? '3128'}`;
  return command(
    'you',
    `On the machine whose log has this line, run diagnose through the same proxy: ${why}.`,
    `tentacle-ping diagnose ${target(seen)} --proxy ${proxy}`,
  );
}

/** Connections that are idle for as long as devices remember them, and longer. */
export function idleProbe(seen: Seen): Step {
  return command(
    'you',
    'Start tentacle-pong on the other host in the place of the Tentacle, and find how long connections to it survive that are quiet: a device that closes or forgets them shows in a quarter of an hour, with its time.',
    `tentacle-ping ${target(seen)} --idle`,
  );
}

/** Same host, other process: what stays is the network's. */
export function pong(seen: Seen): Step {
  return command(
    'you',
    "Start tentacle-pong on the Tentacle's host (tentacle-pong --port 10934) and ping that: the same failure is the network's, none is the Tentacle's.",
    `tentacle-ping ${seen.host ?? 'TENTACLE'}:10934 --count 20`,
  );
}

export function whoListens(seen: Seen): Step {
  const port = seen.port ?? TENTACLE_PORT;
  return {
    who: 'tentacle-admin',
    action: `On the host that refuses, look whether anything listens on port ${port}; start the service, or correct the port.`,
    windows: `netstat -a -n -o -b -p tcp | findstr :${port}`,
    linux: `ss -ltnp 'sport = :${port}'`,
  };
}

export function openPort(seen: Seen): Step {
  return {
    who: 'network-team',
    action: `Allow TCP ${seen.port ?? TENTACLE_PORT} in every firewall and cloud security group on the way, and in the firewall of the host itself.`,
  };
}

/** For whatever reads or changes what should pass untouched. */
export const passThrough: Step = {
  who: 'network-team',
  action:
    'Find the proxy, load balancer or inspecting device on the way and let this connection pass through it untouched, TLS included; or exempt it.',
};

export const otherLog: Step = {
  who: 'tentacle-admin',
  action: 'Read what the log of the other end says of the same second.',
  windows: 'type C:\\Octopus\\Logs\\OctopusTentacle.txt',
  linux: 'tail -n 100 /etc/octopus/default/Logs/OctopusTentacle.txt',
};

export function trustThumbprint(seen: Seen): Step {
  const thumbprint = seen.thumbprint ?? 'THUMBPRINT';
  const text = `Tentacle configure --trust ${thumbprint}`;
  return command(
    'tentacle-admin',
    'If that thumbprint is the one of your Octopus Server (Configuration, Thumbprint), let the Tentacle trust it and restart the Tentacle.',
    text,
  );
}

export const showThumbprint: Step = command(
  'tentacle-admin',
  "Compare with the thumbprint that the Tentacle's own host shows.",
  'Tentacle show-thumbprint',
);

export const newCertificate: Step = command(
  'tentacle-admin',
  'If the certificate is old (RSA under 2048 bits, or signed with SHA-1), make a new one and give its thumbprint to the other end.',
  'Tentacle new-certificate',
);

export const enableTls12: Step = {
  who: 'tentacle-admin',
  action:
    'Enable on both hosts what Octopus requires: TLS 1.2, ECDHE-RSA with AES-GCM, the group secp256r1, signatures with SHA-256.',
  windows: 'powershell Get-TlsCipherSuite',
  linux: 'openssl ciphers -v; cat /etc/ssl/openssl.cnf',
};

export const freeTheService: Step = {
  who: 'tentacle-admin',
  action: 'Look whether the process at the other end is hung or overloaded; restart it if so.',
  windows: 'Tentacle service --stop --start',
  linux: 'systemctl status tentacle',
};

export const ignore: Step = {
  who: 'you',
  action: 'Nothing has to be done as long as deployments and health checks work.',
};
