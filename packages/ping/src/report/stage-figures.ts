import type { DurationFigures } from 'tentacle-protocol/cli';

/** The times of one stage in a run. */
export interface StageFigures extends DurationFigures {
  /**
   * How much of each time is this tool itself, and not the path or the peer: measured before the first attempt against a listener in
   * this process. Only of `tcp`, `tls` and `rpc`, in runs of 20 attempts or more. Waking up a processor that sleeps is not in it.
   */
  readonly floorUs?: number;
}

/** The floors of the stages that have one. */
export type StageFloors = Readonly<Partial<Record<'tcp' | 'tls' | 'rpc', number>>>;
