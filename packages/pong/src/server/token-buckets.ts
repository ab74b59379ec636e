import { addressGroup } from 'tentacle-protocol/diagnostics';

/** How often something may happen: a number in each second, and a number at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  refilledUs: number;
}

/**
 * A rate for each address and one for all addresses together, so that a client that uses up its own leaves those of
 * others. Memory is bounded by the rate for all: a bucket that is full again is forgotten.
 */
export class TokenBuckets {
  readonly #each: Rate;
  readonly #all: Rate;
  readonly #clockUs: () => number;
  readonly #total: Bucket;
  /** By address, the one that was used longest ago first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(each: Rate, all: Rate, clockUs: () => number) {
    this.#each = each;
    this.#all = all;
    this.#clockUs = clockUs;
    this.#total = { tokens: all.burst, refilledUs: clockUs() };
  }

  /** Takes a token. @returns 0, or after how many milliseconds there will be one, if no one else takes it. */
  take(address: string): number {
    const nowUs = this.#clockUs();
    this.#forgetFull(nowUs);
    const group = addressGroup(address);
    const bucket = this.#buckets.get(group) ?? { tokens: this.#each.burst, refilledUs: nowUs };
    refill(bucket, this.#each, nowUs);
    refill(this.#total, this.#all, nowUs);
    const waitMs = Math.max(waitMsOf(bucket, this.#each), waitMsOf(this.#total, this.#all));
    if (waitMs > 0) return waitMs;
    bucket.tokens--;
    this.#total.tokens--;
    this.#buckets.delete(group);
    this.#buckets.set(group, bucket);
    return 0;
  }

  #forgetFull(nowUs: number): void {
    for (const [group, { refilledUs }] of this.#buckets) {
      if ((nowUs - refilledUs) * this.#each.perSecond < this.#each.burst * 1_000_000) return;
      this.#buckets.delete(group);
    }
  }
}

function refill(bucket: Bucket, { perSecond, burst }: Rate, nowUs: number): void {
  bucket.tokens = Math.min(burst, bucket.tokens + ((nowUs - bucket.refilledUs) / 1_000_000) * perSecond);
  bucket.refilledUs = nowUs;
}

function waitMsOf({ tokens }: Bucket, { perSecond }: Rate): number {
  return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
}
