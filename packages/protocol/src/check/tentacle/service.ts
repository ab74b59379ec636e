/** A service or process that runs Tentacle. Plain JSON. */
export interface TentacleService {
  /** The name of the unit or service; of a process, `process PID`. */
  readonly name: string;
  readonly kind: 'systemd' | 'windows' | 'process';
  /** As the system has it: `octopus`, `NT AUTHORITY\NetworkService`. */
  readonly account: string;
  /** Whether the account has access to every file: root, or Local System. */
  readonly isAllPowerful: boolean;
  readonly isRunning: boolean;
  /** `active (running)`, `Stopped`; `unknown` where systemd did not answer and no process was found. */
  readonly state: string;
  /** Whether it starts with the host; absent for a process, and where it is unknown. */
  readonly startsWithHost?: boolean;
  /** Times that systemd restarted it after a failure. */
  readonly restarts?: number;
  readonly processId?: number;
  /** The program, by its full path. */
  readonly program?: string;
  /** The value of `--instance`. */
  readonly instance?: string;
  /** The value of `--config`. */
  readonly configFile?: string;
}

/** The services of a host, or why they are unknown. */
export type FoundServices =
  | {
      readonly kind: 'found';
      readonly services: readonly TentacleService[];
      /** Why there may be more of them. */
      readonly hidden?: string;
    }
  | { readonly kind: 'unknown'; readonly why: string };
