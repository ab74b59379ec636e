/** The type of an object without the properties that are undefined: each that may be is optional, and absent rather than undefined. */
export type WithoutUndefined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * A copy of an object without the properties whose value is undefined. JSON, `toEqual` and spreads then treat "not
 * given" alike, and the result fits a type whose optional properties must not be undefined (exactOptionalPropertyTypes).
 */
export function omitUndefined<const T extends object>(object: T): WithoutUndefined<T> {
  const result: Record<string, unknown> = {};
  // A loop: lists of entries in between cost 5 us of a round trip.
  for (const key of Object.keys(object)) {
    const value = (object as Record<string, unknown>)[key];
    if (value !== undefined) result[key] = value;
  }
  return result as WithoutUndefined<T>;
}
