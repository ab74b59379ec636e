import { createSecureContext } from 'node:tls';
import type { ServePlan } from '../../packages/ping/src/serve/plan.js';
import type { PollingReport } from '../../packages/ping/src/serve/report.js';
import { serve } from '../../packages/ping/src/serve/serve.js';
import { Company } from '../../packages/pong/src/poll/company.js';
import type { Watcher } from '../../packages/pong/src/poll/poll-once.js';
import type { PollRun } from '../../packages/pong/src/poll/run.js';
import { PollTally } from '../../packages/pong/src/poll/tally.js';
import { LISTENER_LIMITS, type ListenerLimits } from '../../packages/protocol/src/index.js';
import { testIdentity } from '../identities.js';

/** A `tentacle-ping --listen` in this process, which hands out no calls unless told to. */
export interface Listening {
  readonly port: number;
  /** The next line that it says and that has this in it. */
  said(pattern: RegExp): Promise<string>;
  end(): Promise<PollingReport>;
}

const PLAN: ServePlan = {
  port: 0,
  bind: '127.0.0.1',
  trust: [],
  subscription: 'poll://nobody/',
  intervalUs: 3_600_000_000,
  collectTimeoutUs: 3_600_000_000,
  timeoutUs: 20_000_000,
  keepAliveUs: 3_600_000_000,
};

export async function listening(
  change: Partial<ServePlan> = {},
  limits: Partial<ListenerLimits> = {},
): Promise<Listening> {
  const stop = new AbortController();
  const lines: string[] = [];
  const looks = new Set<() => void>();
  let report: Promise<PollingReport> | undefined;
  const identity = await testIdentity('tentacle-ping');
  const port = await new Promise<number>((resolve, reject) => {
    const onlooker = {
      listening: resolve,
      called: () => undefined,
      say: (line: string) => {
        lines.push(line);
        for (const look of looks) look();
      },
    };
    report = serve({ ...PLAN, ...change }, identity, '0.0.0-test', onlooker, stop.signal, {
      ...LISTENER_LIMITS,
      ...limits,
    });
    report.catch(reject);
  });
  return {
    port,
    said: async (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
      }),
    end: async () => {
      stop.abort();
      if (report === undefined) throw new Error('it never listened');
      return report;
    },
  };
}

/** A run of `tentacle-pong --poll` in this process. */
export async function pollRun(port: number, stop: AbortSignal): Promise<PollRun> {
  const identity = await testIdentity('tentacle-pong');
  return {
    version: '0.0.0-test',
    plan: {
      server: { host: '127.0.0.1', port },
      connections: 1,
      timeoutUs: 20_000_000,
      logLevel: 'silent',
      json: true,
    },
    subscription: 'poll://golden/',
    proxy: undefined,
    secureContext: createSecureContext(identity.secureContextOptions),
    thumbprint: identity.thumbprint,
    log: { warn: () => undefined, debug: () => undefined },
    tally: new PollTally(),
    stop,
  };
}

/** Nobody looks at the page of what is polled. */
export const WATCHER: Watcher = {
  onTls: () => Promise.resolve(undefined),
  onTaken: () => undefined,
  onLeft: () => undefined,
  company: new Company(),
};
