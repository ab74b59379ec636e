/** The time that Prometheus has for a scrape, in its header. */
export const SCRAPE_TIMEOUT_HEADER = 'x-prometheus-scrape-timeout-seconds';

/** How much earlier a probe ends, so that its answer arrives in time: the default of blackbox_exporter. */
const OFFSET_US = 500_000;

/** Prometheus' own default, for requests without the header. */
const DEFAULT_SCRAPE_TIMEOUT_US = 10_000_000;

/** An hour: a longer one is a mistake. */
const MAX_US = 3_600_000_000;

/** How long a probe may take from its request to its answer; undefined for a header that is not a time. */
export function probeLimitUs(header: string | undefined): number | undefined {
  if (header === undefined) return DEFAULT_SCRAPE_TIMEOUT_US - OFFSET_US;
  if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(header)) return undefined;
  const scrapeUs = Math.min(Number(header) * 1_000_000, MAX_US);
  // Of a time as short as that, a half.
  return scrapeUs <= 0 ? undefined : Math.round(Math.max(scrapeUs - OFFSET_US, scrapeUs / 2));
}
