import { sameCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import type { Cause, MessageFacts, MessageText } from './known-message.js';

export const SCRIPT_MEANS =
  'This is a connection of the script or tool that the step runs, not the one between Octopus and the Tentacle. That one works: it delivered the script and brought back this output.';

export const SCRIPT_CAUSES: readonly Cause[] = [
  { text: 'the machine that runs the step cannot reach that address: name, firewall, or a proxy it has to use' },
  { text: 'the proxy is set for a user, while the step runs as the account of the Tentacle service' },
  { text: 'the service at that address is down, or rejects the TLS versions or credentials of this tool' },
];

/** Tests of the script's own connection, from the machine that runs it. */
export function testFromThere({ host = 'HOST', port }: MessageFacts): readonly Step[] {
  return [
    {
      who: 'you',
      action:
        'Run diagnose against the address in the message, on the machine that runs the step: the deployment target, the worker, or the Octopus Server.',
      ...sameCommand(`tentacle-ping diagnose ${host}:${port ?? '443'}`),
    },
    {
      who: 'tentacle-admin',
      action:
        'If it works there, run the same tool as the account of the Tentacle service. Its proxy settings can differ from yours.',
      windows:
        'netsh winhttp show proxy\nGet-CimInstance Win32_Service -Filter "Name LIKE \'OctopusDeploy%\'" | Select-Object Name, StartName',
      linux: 'env | grep -i proxy',
    },
  ];
}

/** What is said about a message of the network that a script of a step printed, whatever row it matches. */
export function describeForScript(means: string, seen: MessageFacts): MessageText {
  return { means: `${SCRIPT_MEANS} ${means}`, causes: SCRIPT_CAUSES, next: testFromThere(seen) };
}

/** A line after which the messages above it are a script's. */
export const SCRIPT_ENDED =
  /the remote script failed with exit code|script (?:failed|exited|returned) with (?:an? )?(?:exit )?code|running rollback (?:conventions|behaviours)|the step failed: activity .{1,200} exit code|process .{1,200} (?:exited|failed) with (?:exit )?code/i;
