import { sameCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { GRPC_PORT } from './steps.js';
import type { CapturedFields } from './captured-fields.js';

/** Shows the log of a Kubernetes agent: it has no file that outlives its pod. */
export const agentLog: Step = {
  who: 'you',
  action: "Read the agent's log and the state of its pods.",
  ...sameCommand(
    'kubectl logs -l app.kubernetes.io/name=octopus-agent -n NAMESPACE --tail=100',
    'kubectl describe pods -l app.kubernetes.io/name=octopus-agent -n NAMESPACE',
  ),
};

/** Shows the log of an Argo CD gateway, and of the container before its last restart. */
export const gatewayLog: Step = {
  who: 'you',
  action: "Read the gateway's log.",
  ...sameCommand('kubectl logs deploy/octopus-argocd-gateway -n NAMESPACE --tail=100'),
};

/** Tries a TCP port from a pod, where tentacle-ping is not installed. */
export function tryFromPod(seen: CapturedFields, port: string = GRPC_PORT): Step {
  return {
    who: 'you',
    action: 'Try the port from inside the cluster: the path from a pod may differ from that of its node.',
    ...sameCommand(
      `kubectl run port-check --image=busybox --restart=Never --rm -it -- sh -c 'if nc -z -w 5 ${seen.host ?? 'OCTOPUS-SERVER'} ${seen.port ?? port}; then echo reachable; else echo unreachable; fi'`,
    ),
  };
}
