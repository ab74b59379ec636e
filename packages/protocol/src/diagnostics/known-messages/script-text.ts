import { sameCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import type { Cause, MessageFacts, MessageText } from './known-message.js';

const SCRIPT_MEANS =
  'This is a connection of the script or tool that the step runs, not the one between Octopus and the Tentacle. That one works: it delivered the script and brought back this output.';

/** Without the log of a task around it, the same text can come from a prompt, where nothing was delivered. */
const TOOL_MEANS =
  'This is a connection of a script or tool, not the one between Octopus and the Tentacle. In the log of a task it is that of a step, and the path to the Tentacle works: it brought back this output. At a prompt it is a test of your own.';

/** Whether the text shows that a step of a task printed the message. */
export function isOfTask({ origin }: MessageFacts): boolean {
  return origin?.carries === 'script' || origin?.product === 'server';
}

/** What is said about every message of a script or tool. */
export function scriptMeans(seen: MessageFacts): string {
  return isOfTask(seen) ? SCRIPT_MEANS : TOOL_MEANS;
}

export const SCRIPT_CAUSES: readonly Cause[] = [
  { text: 'the machine that runs the step cannot reach that address: name, firewall, or a proxy it has to use' },
  { text: 'the proxy is set for a user, while the step runs as the account of the Tentacle service' },
  { text: 'the service at that address is down, or rejects the TLS versions or credentials of this tool' },
];

/** Tests of the script's own connection, from the machine that runs it. */
export function testFromThere(seen: MessageFacts): readonly Step[] {
  const { host = 'HOST', port } = seen;
  return [
    {
      who: 'you',
      action: isOfTask(seen)
        ? 'Run diagnose against the address in the message, on the machine that runs the step: the deployment target, the worker, or the Octopus Server.'
        : 'Run diagnose against the address in the message, on the machine where the tool ran. In the log of a task that is the deployment target, the worker, or the Octopus Server.',
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
  return { means: `${scriptMeans(seen)} ${means}`, causes: SCRIPT_CAUSES, next: testFromThere(seen) };
}

/** A line after which the messages above it are a script's. */
export const SCRIPT_ENDED =
  /the remote script failed with exit code|script (?:failed|exited|returned) with (?:an? )?(?:exit )?code|running rollback (?:conventions|behaviours)|the step failed: activity .{1,200} exit code|process .{1,200} (?:exited|failed) with (?:exit )?code/i;
