import { readBuckets } from 'tentacle-protocol/cli';
import { type Sample, sampleOf } from './statistics/estimates.js';

/** The times in the HdrHistogram of a file, in microseconds. @throws Error for any other text. */
export function readHistogram(text: string): Sample {
  return sampleOf(readBuckets(text).map(({ us, count }) => [us, count]));
}
