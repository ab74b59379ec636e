import type { Check } from '../../diagnostics/checks/check.js';
import { portFindings } from '../../diagnostics/checks/port.js';
import type { AddCheck, CheckContext, CheckGroupDefinition } from '../check-context.js';
import { forInstance } from '../configuration/for-instance.js';
import { type CheckedPort, readCheckedPorts } from './configured-ports.js';
import { judgePort } from './judge-port.js';
import { readPort } from './read-port.js';

/** Whether each port is free, or what holds it. */
export const portGroup: CheckGroupDefinition = {
  name: 'port',
  title: 'Port',
  // PowerShell on a busy Windows.
  timeoutMs: 8000,
  run: async (context: CheckContext, add: AddCheck) => {
    const { interfaces, userId } = context.host;
    const judge = async ({ port, instances }: CheckedPort): Promise<readonly Check[]> => {
      const facts = await readPort(context.host, port);
      if (typeof facts === 'string') return [portFindings.unread.check({ port, reason: facts })];
      const checks = judgePort({ port, instances, interfaces, userId, ...facts });
      return checks.map((check) => forInstance(check, instances));
    };
    const ports = await readCheckedPorts(context);
    if (ports.length === 0) add(portFindings.notNeeded.check({}));
    for (const check of (await Promise.all(ports.map(judge))).flat()) add(check);
  },
};
