/** Runs work that others wait for meanwhile, when it is its turn. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** For an end that serves one peer: it is always its turn. */
export const atOnce: TakeTurn = async (work) => work();
