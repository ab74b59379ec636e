/** Resolves when the condition holds, or with false when it did not in time. @param listeners called at each change. */
export async function waitFor(
  condition: () => boolean,
  listeners: Set<() => void>,
  withinMs: number,
): Promise<boolean> {
  if (condition()) return true;
  return new Promise((resolve) => {
    const settle = (holds: boolean): void => {
      clearTimeout(timer);
      listeners.delete(onChange);
      resolve(holds);
    };
    const onChange = (): void => {
      if (condition()) settle(true);
    };
    const timer = setTimeout(() => settle(false), withinMs);
    listeners.add(onChange);
  });
}

/** The result of the work, or `hung` when it takes longer. */
export async function orHung<T>(work: Promise<T>, withinMs: number): Promise<T | 'hung'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'hung'>((resolve) => (timer = setTimeout(() => resolve('hung'), withinMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
