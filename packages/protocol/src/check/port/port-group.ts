import { portHolder } from '../../host/port-holder.js';
import type { CheckContext, CheckGroupDefinition, AddCheck } from '../check-context.js';
import { portFindings } from '../../diagnostics/checks/port.js';

/** The default port of a listening Tentacle. */
const DEFAULT_PORT = 10_933;

/** Whether the port is free, and what holds it. */
export const portGroup: CheckGroupDefinition = {
  name: 'port',
  title: 'Port',
  // It lists every open file of every process.
  timeoutMs: 5000,
  run: async ({ options, configuration }: CheckContext, add: AddCheck) => {
    const { instances } = await configuration;
    const configured = instances.filter(({ listens }) => listens).map(({ port }) => port);
    const ports = options.port === undefined ? configured : [options.port];
    for (const port of ports.length === 0 ? [DEFAULT_PORT] : new Set(ports)) {
      const holder = await portHolder(port);
      if (holder === undefined) add(portFindings.free.check({ port }));
      else if (holder.kind === 'process') add(portFindings.held.check({ port, ...holder }));
      else add(portFindings.heldByHidden.check({ port, ...holder }));
    }
  },
};
