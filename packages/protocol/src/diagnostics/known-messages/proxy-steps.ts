import { sameCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import type { CapturedFields } from './captured-fields.js';
import type { MessageFacts } from './known-message.js';
import { endsIn } from './steps.js';

/** Without --proxyHost the command erases the stored host, so every setting is given each time. */
const settings = ({ proxyHost, proxyPort }: CapturedFields): string =>
  `--proxyEnable=true --proxyHost=${proxyHost ?? 'PROXY'} --proxyPort=${proxyPort ?? '3128'}`;

/** Sets the proxy of a polling Tentacle. */
export function setPollingProxy(seen: CapturedFields = {}): Step {
  return {
    who: 'tentacle-admin',
    action:
      "Set the proxy in the Tentacle itself (not in the Internet settings of its account), then restart it. Name host and port each time: without --proxyHost the stored host is erased, and the account's proxy is used.",
    ...tentacleCommand(`polling-proxy ${settings(seen)}`, 'service --restart'),
  };
}

/** Sets the credentials too. The proxy's host and port have to be given again with them. */
function setPollingProxyCredentials(seen: CapturedFields): Step {
  return {
    who: 'tentacle-admin',
    action:
      'For a polling Tentacle, set the user name and password, then restart it. Name host and port too: without --proxyHost the stored host is erased.',
    ...tentacleCommand(
      `polling-proxy ${settings(seen)} --proxyUsername=NAME --proxyPassword=PASSWORD`,
      'service --restart',
    ),
  };
}

/** The proxy that Octopus Server uses to reach a listening Tentacle is set in the portal. */
const setServerProxy: Step = {
  who: 'server-admin',
  action:
    "For a listening Tentacle, set the proxy in Octopus (Infrastructure, Proxies): host without http://, port, user name and password. Then select it in the target's settings.",
};

/** The proxy of a Kubernetes agent, set by helm. */
export function setAgentProxy({ proxyHost, proxyPort }: CapturedFields = {}): Step {
  return {
    who: 'tentacle-admin',
    action:
      'For a Kubernetes agent, set the proxy with helm (agent.pollingProxy.username and agent.pollingProxy.password too, if it requires them).',
    ...sameCommand(
      `helm upgrade --reset-then-reuse-values -n NAMESPACE --set agent.pollingProxy.host=${proxyHost ?? 'PROXY'} --set agent.pollingProxy.port=${proxyPort ?? '3128'} RELEASE oci://registry-1.docker.io/octopusdeploy/kubernetes-agent`,
    ),
  };
}

/** Sets the proxy at the end that uses it: the one that wrote the message; at each, if the message does not show which. */
function atItsEnd(seen: MessageFacts, ofTentacle: Step): readonly Step[] {
  if (endsIn(seen)?.here.product === 'server') return [setServerProxy];
  if (seen.origin?.isContainer === true) return [setAgentProxy(seen)];
  if (endsIn(seen)?.here.product === 'tentacle') return [ofTentacle];
  return [ofTentacle, setServerProxy, setAgentProxy(seen)];
}

/** Sets host and port of the proxy at the end that uses it. */
export function setProxy(seen: MessageFacts): readonly Step[] {
  return atItsEnd(seen, setPollingProxy(seen));
}

/** Sets the credentials for the proxy at the end that uses it. */
export function setProxyCredentials(seen: MessageFacts): readonly Step[] {
  return atItsEnd(seen, setPollingProxyCredentials(seen));
}
