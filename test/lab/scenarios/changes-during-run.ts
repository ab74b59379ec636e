import type { Component, Lab } from '../lab.js';
import { type Host, onLink } from '../network.js';
import type { Path, Scenario } from '../scenario.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** Attempts go on until enough of them have ended in each way: a machine may take long to start a program. */
const UNTIL_STOPPED = { measureArgs: ['--interval', '250ms'] } as const;

/** At least this many attempts must follow each other with the same result, before and after a change. */
const IN_A_ROW = 4;

/** Resolves when that many attempts in a row have printed this result, after an attempt with the earlier one. */
async function inARow(ping: Component, result: string, earlier = ''): Promise<void> {
  const line = ` *\\d+ +${result}\\b[^\\n]*\\n`;
  const before = earlier === '' ? '' : ` *\\d+ +${earlier}\\b[^\\n]*\\n`;
  await ping.printed(new RegExp(`^${before}(?:${line}){${IN_A_ROW}}`, 'm'));
}

/** A program that starts when some attempts were refused. */
function startedLate(port: number, start: () => unknown, host: { address: string; prefix?: readonly string[] }) {
  return {
    args: [`${host.address}:${port}`],
    ...(host.prefix === undefined ? {} : { prefix: host.prefix }),
    ...UNTIL_STOPPED,
    whileMeasuring: async (ping) => {
      await inARow(ping, 'tcp\\.refused');
      await start();
      await inARow(ping, 'ok', 'tcp\\.refused');
      ping.process.kill('SIGINT');
    },
  } satisfies Path;
}

/** A pong on another host. While the attempts succeed, something happens to it, and they fail with this result. */
async function endsDuringRun(
  lab: Lab,
  net: string,
  end: (pong: Component, there: Host, port: number) => void,
  result: string,
  ...args: readonly string[]
): Promise<Path> {
  const { here, there, address } = onLink(lab, net);
  const pong = lab.startPong([], there.prefix);
  const [, port = ''] = await pong.printed(/"port":(\d+)/);
  return {
    args: [`${address}:${port}`, ...args],
    prefix: here.prefix,
    ...UNTIL_STOPPED,
    whileMeasuring: async (ping) => {
      await inARow(ping, 'ok');
      end(pong, there, Number(port));
      await inARow(ping, result);
      ping.process.kill('SIGINT');
    },
  };
}

/** A small limit of the queue of new connections, so that few attempts fill it; Linux holds one more. */
const QUEUE = 8;

/** A pong that is paused while more connections arrive than its queue holds, and that continues before the end. */
async function pausedWithFullQueue(lab: Lab, net: string): Promise<Path> {
  const { here, there, address } = onLink(lab, net);
  there.sh(`sysctl -qw net.core.somaxconn=${QUEUE}`);
  const pong = lab.startPong([], there.prefix);
  const [, port = ''] = await pong.printed(/"port":(\d+)/);
  return {
    args: [`${address}:${port}`],
    measureArgs: ['--interval', '50ms', '--concurrency', '4', '--timeout', '800ms'],
    prefix: here.prefix,
    whileMeasuring: async (ping) => {
      await inARow(ping, 'ok');
      pong.process.kill('SIGSTOP');
      // More than take a place in the queue, so that most attempts do not even connect.
      await ping.printed(/(?:tcp\.timeout[\s\S]*?){20}/);
      pong.process.kill('SIGCONT');
      await inARow(ping, 'ok', 'tcp\\.timeout');
      ping.process.kill('SIGINT');
    },
  };
}

/** Peers that start, stop or pause during the measurement: the order of results is evidence. */
export const changesDuringRunScenarios: readonly Scenario[] = [
  {
    id: 'came-up',
    title: 'the Tentacle starts during the measurement',
    needs: NAMESPACES,
    measured: 'tcp.refused',
    diagnosed: 'ok',
    pattern: 'came-up',
    variants: [
      {
        name: 'pong on another machine',
        start: (lab) => {
          const { here, there, address } = onLink(lab, '10.80.1');
          const start = (): Promise<number> => there.pong(['--port', '10933']);
          return Promise.resolve(startedLate(10933, start, { address, prefix: here.prefix }));
        },
      },
      {
        name: 'pong on this machine',
        start: async (lab) => {
          const port = await lab.freePort();
          return startedLate(port, () => lab.pong(['--port', String(port)]), { address: '127.0.0.1' });
        },
      },
    ],
  },
  {
    id: 'stopped',
    title: 'the Tentacle stops during the measurement',
    needs: NAMESPACES,
    measured: 'tcp.refused',
    pattern: 'stopped',
    variants: [
      {
        name: 'pong is stopped (SIGTERM)',
        start: (lab) => endsDuringRun(lab, '10.80.2', ({ process }) => void process.kill(), 'tcp\\.refused'),
      },
      {
        name: 'pong is killed (SIGKILL)',
        start: (lab) => endsDuringRun(lab, '10.80.3', ({ process }) => void process.kill('SIGKILL'), 'tcp\\.refused'),
      },
    ],
  },
  {
    id: 'blocked',
    title: 'a firewall begins to drop packets during the measurement',
    needs: NAMESPACES,
    measured: 'tcp.timeout',
    pattern: 'stopped',
    variants: [
      {
        name: "the host's firewall",
        start: (lab) =>
          endsDuringRun(
            lab,
            '10.80.4',
            (_pong, there, port) => there.firewall('input', `tcp dport ${port} tcp flags & (syn | ack) == syn drop`),
            'tcp\\.timeout',
            '--timeout',
            '1500ms',
          ),
      },
    ],
  },
  {
    id: 'queue-overflowed',
    title: 'pong is paused while its queue of new connections overflows',
    needs: NAMESPACES,
    measured: 'tcp.timeout',
    diagnosed: 'ok',
    measuredCertainty: 'conclusive',
    recorded: ['queueOverflowed', 'notRunning'],
    variants: [{ name: 'a queue of 8', start: (lab) => pausedWithFullQueue(lab, '10.80.5') }],
  },
];
