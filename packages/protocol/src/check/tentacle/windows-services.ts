import { omitUndefined } from '../../plain-data/omit-undefined.js';
import type { Host } from '../host.js';
import { readArray, readObject } from '../powershell-values.js';
import { powershellJson } from '../run-command.js';
import { parseTentacleCommandLine, splitCommandLine } from './command-line.js';
import type { FoundServices, TentacleService } from './service.js';

/** The names of the installer; an instance of another name has it behind a colon. In one object, so that none is a list. */
const SCRIPT =
  "@{services=@(Get-CimInstance Win32_Service -Filter 'Name LIKE ''OctopusDeploy Tentacle%''' | Select-Object Name,State,StartMode,StartName,PathName,ProcessId)}";

/** Finds the services of Windows that run a Tentacle. */
export async function findWindowsServices({ run }: Host): Promise<FoundServices> {
  const answer = await powershellJson(run, SCRIPT, 6000);
  const services = readObject(answer)?.['services'];
  if (!Array.isArray(services)) return { kind: 'unknown', why: 'PowerShell did not list the services' };
  return { kind: 'found', services: readArray(services).map((one) => toService(one)) };
}

function toService(one: Record<string, unknown>): TentacleService {
  const text = (key: string): string => (typeof one[key] === 'string' ? one[key] : '');
  const account = text('StartName');
  const processId = Number(one['ProcessId'] ?? 0);
  return {
    name: text('Name'),
    kind: 'windows',
    account,
    isAllPowerful: /^(?:LocalSystem|NT AUTHORITY\\SYSTEM)$/i.test(account),
    isRunning: text('State') === 'Running',
    state: text('State'),
    startsWithHost: text('StartMode') === 'Auto',
    ...omitUndefined({ processId: processId > 0 ? processId : undefined }),
    ...parseTentacleCommandLine(splitCommandLine(text('PathName'))),
  };
}
