const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Parses `90s`, `2m`, `1h`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, number = '', unit = ''] = /^(\d+)([smh])$/.exec(text) ?? [];
  const seconds = Number(number) * (SECONDS[unit] ?? Number.NaN);
  return seconds > 0 ? seconds : undefined;
}
