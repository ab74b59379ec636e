import type { AddCheck, CheckContext, CheckGroupDefinition } from '../check-context.js';
import { checkServerRoutes } from './check-server-routes.js';
import { judgeInterfaces } from './judge-interfaces.js';
import { checkOwnName } from './own-names.js';

/** The addresses and names of this host, and its routes to the server. */
export const addressesGroup: CheckGroupDefinition = {
  name: 'addresses',
  title: 'Addresses and names',
  // Lookups of 3 s, and PowerShell on a busy Windows.
  timeoutMs: 9000,
  run: async (context: CheckContext, add: AddCheck) => {
    const { host, signal } = context;
    add(judgeInterfaces(host.interfaces));
    const [names, routes] = await Promise.all([checkOwnName(host, signal), checkServerRoutes(context)]);
    for (const check of [...names, ...routes]) add(check);
  },
};
