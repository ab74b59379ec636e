import { listenerCommand } from '../product-commands.js';
import { defineFinding } from './finding.js';

/** A port, and the process that listens on it. */
export interface HeldPort {
  readonly port: number;
  readonly pid: number;
  readonly name: string;
}

/** What can be found about a port of this host. */
export const portFindings = {
  free: defineFinding({
    id: 'local.port-free',
    group: 'port',
    status: 'ok',
    title: ({ port }: { readonly port: number }) => `Port ${port} is free`,
    example: { port: 10933 },
  }),
  held: defineFinding({
    id: 'local.port-held',
    group: 'port',
    status: 'ok',
    title: ({ port, pid, name }: HeldPort) => `Port ${port} is held by ${name} (process ${pid})`,
    example: { port: 10933, pid: 4711, name: 'Tentacle' },
  }),
  heldByHidden: defineFinding({
    id: 'local.port-holder-hidden',
    group: 'port',
    status: 'unknown',
    title: ({ port, userId }: { readonly port: number; readonly userId: number }) =>
      `Port ${port} is held by a process of another account (user ID ${userId})`,
    means: () => 'Only root sees which process of another account holds a port.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: 'Run this check as root, or show the process.', ...listenerCommand(port) },
    ],
    example: { port: 10933, userId: 1001 },
  }),
};
