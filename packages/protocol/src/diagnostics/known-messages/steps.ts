import type { Step } from '../step.js';
import type { CapturedFields } from './captured-fields.js';

/** Default ports of Octopus: a listening Tentacle, the server for polling Tentacles, the server for gRPC. */
export const TENTACLE_PORT = '10933';
export const POLLING_PORT = '10943';
export const GRPC_PORT = '8443';

/** Address of the other end, as far as the message names it; placeholders for the rest. */
export function target(seen: CapturedFields, usualPort: string = TENTACLE_PORT): string {
  const placeholder = usualPort === TENTACLE_PORT ? 'TENTACLE' : 'OCTOPUS-SERVER';
  return `${seen.host ?? placeholder}:${seen.port ?? usualPort}`;
}

/** A step whose command is the same on Windows and Linux. */
function command(who: Step['who'], action: string, text: string): Step {
  return { who, action, windows: text, linux: text };
}

const EACH_STAGE = 'It tests each stage separately and names the one that fails.';

/**
 * The step that separates most causes.
 * @param why a sentence: what diagnose reports about this message.
 * @param where the machine to run it on.
 */
export function diagnose(
  seen: CapturedFields,
  why = EACH_STAGE,
  where = 'on the machine that logged this message',
): Step {
  const pin = seen.expectedThumbprint === undefined ? '' : ` --thumbprint ${seen.expectedThumbprint}`;
  return command('you', `Run diagnose ${where}. ${why}`, `tentacle-ping diagnose ${target(seen)}${pin}`);
}

/** The same step from the host of a polling Tentacle to the server. */
export function diagnoseServer(seen: CapturedFields, why = EACH_STAGE, where = "on the Tentacle's host"): Step {
  return command(
    'you',
    `Run diagnose ${where} against the Octopus Server. ${why}`,
    `tentacle-ping diagnose ${target(seen, POLLING_PORT)}`,
  );
}

/** The same step through the proxy that the message names. */
export function diagnoseThroughProxy(seen: CapturedFields, why: string): Step {
  const proxy = `http://${seen.proxyHost ?? 'PROXY'}:${seen.proxyPort ?? '3128'}`;
  return command(
    'you',
    `Run diagnose through the same proxy on the machine that logged this message. ${why}`,
    `tentacle-ping diagnose ${target(seen)} --proxy ${proxy}`,
  );
}

/** Tests idle connections for as long as devices usually remember them, and longer. */
export function idleProbe(seen: CapturedFields): Step {
  return command(
    'you',
    'Start tentacle-pong on the other host in place of the Tentacle, and test how long idle connections survive. A device that closes or forgets them is found within 15 minutes, with its idle timeout.',
    `tentacle-ping ${target(seen)} --idle`,
  );
}

/** Same host, other process: a failure that remains is the network's. */
export function pong(seen: CapturedFields): Step {
  return command(
    'you',
    "Start tentacle-pong on the Tentacle's host (tentacle-pong --port 10934) and ping it. If the same failure appears, the network is at fault; if none appears, the Tentacle is.",
    `tentacle-ping ${seen.host ?? 'TENTACLE'}:10934 --count 20`,
  );
}

/** Whether a process listens on the port of the refusing host. */
export function whoListens(seen: CapturedFields): Step {
  const port = seen.port ?? TENTACLE_PORT;
  return {
    who: 'tentacle-admin',
    action: `Check whether a process is listening on port ${port} of the host that refused the connection. If none is, start the service or correct the port.`,
    windows: `netstat -a -n -o -b -p tcp | findstr :${port}`,
    linux: `ss -ltnp 'sport = :${port}'`,
  };
}

/** The firewall rule that the connection needs. */
export function openPort(seen: CapturedFields): Step {
  return {
    who: 'network-team',
    action: `Allow TCP ${seen.port ?? TENTACLE_PORT} in every firewall and cloud security group on the path, and in the host's own firewall.`,
  };
}

/** For devices that read or change traffic that should pass unchanged. */
export const passThrough: Step = {
  who: 'network-team',
  action:
    'Find the proxy, load balancer or inspecting device in between. Let this connection pass through it unchanged, TLS included, or exempt it from inspection.',
};

export const otherLog: Step = {
  who: 'tentacle-admin',
  action:
    'Read the log of the other end for the same second: OctopusTentacle.txt on a Tentacle, OctopusServer.txt on the Octopus Server.',
  windows: 'type C:\\Octopus\\Logs\\OctopusTentacle.txt',
  linux: 'tail -n 100 /etc/octopus/default/Logs/OctopusTentacle.txt',
};

/** A running Tentacle keeps its list of trusted thumbprints until it is restarted. */
export function trustThumbprint(seen: CapturedFields): Step {
  const thumbprint = seen.thumbprint ?? 'THUMBPRINT';
  const text = `Tentacle configure --trust ${thumbprint}`;
  return command(
    'tentacle-admin',
    "If that thumbprint is your Octopus Server's (Configuration, Thumbprint), let the Tentacle trust it, then restart the Tentacle.",
    text,
  );
}

export const showThumbprint: Step = command(
  'tentacle-admin',
  "Compare that thumbprint with the one shown on the Tentacle's host.",
  'Tentacle show-thumbprint',
);

/** Takes effect after a restart; until the other end knows the new thumbprint, it refuses the Tentacle. */
export const newCertificate: Step = command(
  'tentacle-admin',
  "If the Tentacle's own certificate is old (RSA key under 2048 bits, or SHA-1 signature), create a new one. Then restart the Tentacle and enter the new thumbprint at the other end.",
  'Tentacle new-certificate',
);

export const enableTls12: Step = {
  who: 'tentacle-admin',
  action:
    'Enable on both hosts: TLS 1.2, ECDHE-RSA with AES-GCM, the group secp256r1, and SHA-256 signatures. On Windows Server 2012 R2, use the group policy "SSL Cipher Suite Order"; the command needs Server 2016 or later.',
  windows: 'Get-TlsCipherSuite',
  linux: 'openssl ciphers -v\ncat /etc/ssl/openssl.cnf',
};

export const freeTheService: Step = {
  who: 'tentacle-admin',
  action: 'Check whether the service at the other end is hung or overloaded. If it is, restart it.',
  windows: 'Tentacle service --stop --start',
  linux: 'systemctl status tentacle',
};

export const ignore: Step = {
  who: 'you',
  action: 'If deployments and health checks work, ignore this message.',
};
