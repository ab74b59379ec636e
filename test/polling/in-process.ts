import { createSecureContext } from 'node:tls';
import type { PollingServerOptions } from '../../packages/ping/src/options/polling-server-options.js';
import type { PollingReport } from '../../packages/ping/src/measurements/polling-server/polling-report.js';
import {
  POLLING_SERVER_LIMITS,
  type PollingServerLimits,
} from '../../packages/ping/src/measurements/polling-server/polling-server-limits.js';
import {
  runPollingServer,
  type ServerObserver,
} from '../../packages/ping/src/measurements/polling-server/run-polling-server.js';
import { ConcurrentConnections } from '../../packages/pong/src/poller/concurrent-connections.js';
import type { PollingObserver } from '../../packages/pong/src/poller/poll-once.js';
import type { PollingContext } from '../../packages/pong/src/poller/polling-context.js';
import { PollTally } from '../../packages/pong/src/poller/poll-tally.js';
import type { EndingId } from '../../packages/protocol/src/diagnostics/index.js';
import { testIdentity } from '../identities.js';
import { endingTitle } from './polling-commands.js';

/** A `tentacle-ping --listen` in this process, which hands out no calls by default. */
export interface PollingServer {
  readonly port: number;
  /** The first of its messages that contains this. */
  message(part: string): Promise<string>;
  /** The message that explains the first connection with this ending. */
  ending(id: EndingId): Promise<string>;
  end(): Promise<PollingReport>;
}

const PLAN: PollingServerOptions = {
  port: 0,
  bind: '127.0.0.1',
  trust: [],
  subscription: 'poll://unused/',
  intervalUs: 3_600_000_000,
  collectTimeoutUs: 3_600_000_000,
  timeoutUs: 20_000_000,
  keepAliveUs: 3_600_000_000,
};

export async function startPollingServer(
  change: Partial<PollingServerOptions> = {},
  limits: Partial<PollingServerLimits> = {},
): Promise<PollingServer> {
  const stop = new AbortController();
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  let report: Promise<PollingReport> | undefined;
  const identity = await testIdentity('tentacle-ping');
  const port = await new Promise<number>((resolve, reject) => {
    const observer: ServerObserver = {
      onListening: resolve,
      onCallCompleted: () => undefined,
      onMessage: (line) => {
        lines.push(line);
        for (const listener of listeners) listener();
      },
    };
    report = runPollingServer({ ...PLAN, ...change }, identity, observer, {
      version: '0.0.0-test',
      stop: stop.signal,
      limits: { ...POLLING_SERVER_LIMITS, ...limits },
    });
    report.catch(reject);
  });
  const message = async (part: string): Promise<string> =>
    new Promise((resolve) => {
      const listener = (): void => {
        const line = lines.find((text) => text.includes(part));
        if (line === undefined) return;
        listeners.delete(listener);
        resolve(line);
      };
      listeners.add(listener);
      listener();
    });
  return {
    port,
    message,
    ending: async (id) => message(`! ${endingTitle(id)}.`),
    end: async () => {
      stop.abort();
      if (report === undefined) throw new Error('the server never listened');
      return report;
    },
  };
}

/** The context of a `tentacle-pong --poll` in this process. */
export async function pollingContext(port: number, stop: AbortSignal): Promise<PollingContext> {
  const identity = await testIdentity('tentacle-pong');
  return {
    version: '0.0.0-test',
    plan: {
      server: { host: '127.0.0.1', port },
      connections: 1,
      timeoutUs: 20_000_000,
      logLevel: 'silent',
      logFormat: 'json',
      verbose: false,
      json: true,
    },
    subscription: 'poll://golden/',
    proxy: undefined,
    secureContext: createSecureContext(identity.secureContextOptions),
    thumbprint: identity.thumbprint,
    log: { info: () => undefined, warn: () => undefined, debug: () => undefined },
    tally: new PollTally(),
    stop,
  };
}

/** Follows a connection without probing the page of the listener. */
export const OBSERVER: PollingObserver = {
  onTls: () => Promise.resolve(undefined),
  onAccepted: () => undefined,
  onClosed: () => undefined,
  connections: new ConcurrentConnections(),
};
