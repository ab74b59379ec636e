import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { abortAfter } from './abort-after.js';

describe('abortAfter', () => {
  it('aborts after its time, also if garbage was collected meanwhile', async () => {
    const signal = abortAfter(new AbortController().signal, 50_000);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let i = 0; i < 5; i++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!signal.aborted) await once(signal, 'abort');
    expect(signal.aborted).toBe(true);
  });

  it('aborts with the other signal', () => {
    const stop = new AbortController();
    const signal = abortAfter(stop.signal, 3_600_000_000);
    stop.abort();
    expect(signal.aborted).toBe(true);
  });

  it('is the other signal without a time, or if that has aborted', () => {
    const { signal } = new AbortController();
    expect(abortAfter(signal, undefined)).toBe(signal);
    const gone = AbortSignal.abort();
    expect(abortAfter(gone, 1)).toBe(gone);
  });
});
