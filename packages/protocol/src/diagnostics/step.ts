/** The person or team that takes a step. */
export type Actor = 'server-admin' | 'tentacle-admin' | 'network-team' | 'dns-owner' | 'you';

/**
 * Command lines for each platform, absent where there is none: `windows` for PowerShell 5.1, `linux` for sh. Several
 * commands are on lines of their own; none needs another shell's operators (`&`, `&&`), which PowerShell 5.1 rejects.
 */
export interface Commands {
  readonly windows?: string;
  readonly linux?: string;
}

/** One action, in the order of its list, with the commands for it where there are any. */
export interface Step extends Commands {
  readonly who: Actor;
  readonly action: string;
}
