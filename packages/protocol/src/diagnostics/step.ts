/** The person or team that takes a step. */
export type Actor = 'server-admin' | 'tentacle-admin' | 'network-team' | 'dns-owner' | 'you';

/** One action, in the order of its list, with the command for it where there is one. */
export interface Step {
  readonly who: Actor;
  readonly action: string;
  readonly windows?: string;
  readonly linux?: string;
}
