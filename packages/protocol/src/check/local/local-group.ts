import type { Check } from '../../diagnostics/checks/check.js';
import { localFindings } from '../../diagnostics/checks/local.js';
import { ownAddresses } from '../../host/addresses.js';
import type { Interfaces } from '../../net/interfaces.js';
import type { AddCheck, CheckContext, CheckGroupDefinition } from '../check-context.js';
import { forInstance } from '../configuration/for-instance.js';
import { type CheckedPort, readCheckedPorts } from '../port/configured-ports.js';
import { readPort } from '../port/read-port.js';
import { fetchLocalPage } from './fetch-local-page.js';
import { judgeAnswers } from './judge-answers.js';

/** Addresses to connect to: each leaves a line in a Tentacle's log, and hosts of containers have hundreds. */
const ADDRESSES_MAX = 12;

/** What answers on this host's own addresses. */
export const localGroup: CheckGroupDefinition = {
  name: 'local',
  title: 'Answers on this host',
  // The list of sockets, and then one connection to each address.
  timeoutMs: 9000,
  run: async (context: CheckContext, add: AddCheck) => {
    const { instances: others } = await context.configuration;
    const ask = async ({ port, instances }: CheckedPort): Promise<readonly Check[]> => {
      const facts = await readPort(context.host, port);
      const listeners = typeof facts === 'string' ? undefined : facts.use.listeners;
      if (listeners?.length === 0) return [localFindings.notListening.check({ port })];
      const addresses = localAddresses(context.host.interfaces);
      const answers = await Promise.all(
        addresses.map(async (address) => fetchLocalPage(address, port, context.signal)),
      );
      const checks = judgeAnswers({ port, instances, others, listeners, answers });
      return checks.map((check) => forInstance(check, instances));
    };
    const ports = await readCheckedPorts(context);
    if (ports.length === 0) add(localFindings.notNeeded.check({}));
    for (const check of (await Promise.all(ports.map(ask))).flat()) add(check);
  },
};

/** Loopback first. Link-local addresses are left out: no server uses them. */
function localAddresses(interfaces: Interfaces): readonly string[] {
  const isLinkLocal = (address: string): boolean => address.startsWith('169.254.') || address.includes('%');
  const own = ownAddresses(interfaces).filter((address) => !isLinkLocal(address));
  const isLoopback = (address: string): boolean => address === '::1' || address === '127.0.0.1';
  if (own.length === 0) return ['127.0.0.1'];
  return [...new Set([...own.filter(isLoopback), ...own])].slice(0, ADDRESSES_MAX);
}
