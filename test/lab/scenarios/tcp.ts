import { neighbours, routed } from '../network.js';
import type { Scenario } from '../scenario.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** A SYN is sent again after 1 s: one that is lost and then answered must not be taken for a drop. */
const DROP_TIMEOUT = ['--timeout', '1500ms'] as const;

export const tcpScenarios: readonly Scenario[] = [
  {
    id: '08-refused',
    title: 'the host is up and refuses',
    needs: NAMESPACES,
    measured: 'tcp.refused',
    variants: [
      {
        name: 'no listener, this machine',
        start: async (lab) => ({ args: [`127.0.0.1:${await lab.freePort()}`] }),
      },
      {
        name: 'no listener, another machine',
        start: (lab) => {
          const { here, address } = neighbours(lab);
          return Promise.resolve({ args: [`${address}:10933`], prefix: here.prefix });
        },
      },
      {
        name: "REJECT with a TCP reset in the host's firewall, pong behind it",
        start: async (lab) => {
          const { here, there, address } = routed(lab);
          const port = await there.pong();
          there.firewall('input', `tcp dport ${port} reject with tcp reset`);
          return { args: [`${address}:${port}`], prefix: here.prefix };
        },
      },
      {
        name: 'REJECT as it is by default (port unreachable) on the way',
        start: async (lab) => {
          const { here, router, there, address } = routed(lab, '192.168.20', '172.20.0');
          const port = await there.pong(['--port', '20933']);
          router.firewall('forward', `tcp dport ${port} reject with icmp type port-unreachable`);
          return { args: [`${address}:${port}`], prefix: here.prefix };
        },
      },
    ],
  },
  {
    id: '09-drop',
    title: 'packets are dropped',
    needs: NAMESPACES,
    measured: 'tcp.timeout',
    variants: [
      {
        name: "in the host's firewall",
        start: async (lab) => {
          const { here, there, address } = neighbours(lab, '10.9.9');
          const port = await there.pong();
          there.firewall('input', `tcp dport ${port} drop`);
          return { args: [`${address}:${port}`, ...DROP_TIMEOUT], prefix: here.prefix };
        },
      },
      {
        name: 'on the way, everything to that host',
        start: async (lab) => {
          const { here, router, there, address } = routed(lab, '10.10.1', '10.10.2');
          const port = await there.pong(['--port', '443']);
          router.firewall('forward', `ip daddr ${address} drop`);
          return { args: [`${address}:${port}`, '--timeout', '2s'], prefix: here.prefix };
        },
      },
    ],
  },
];
