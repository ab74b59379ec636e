import { withoutStyles } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import { bytesLine, leftText, liveLine, percentText, progressBar } from './live-text.js';

const screen = { width: 80, unicode: false };

describe('a status line', () => {
  const parts = [
    { text: '37/100', priority: 9 },
    { text: 'p50 8.8', priority: 1 },
    undefined,
    { text: '', priority: 9 },
    { text: '1 failed', priority: 5 },
  ];

  it('has all parts that are there', () => {
    expect(liveLine(parts, screen)).toBe('[ 37/100   p50 8.8   1 failed ]');
  });

  it('leaves out the least important ones where it is too long', () => {
    expect(liveLine(parts, { width: 31 })).toBe('[ 37/100   1 failed ]');
    expect(liveLine(parts, { width: 21 })).toBe('[ 37/100 ]');
    expect(liveLine(parts, { width: 0 })).toBe('[ 37/100 ]');
  });
});

describe('progress', () => {
  it.each([
    [-1, '----', '0%'],
    [0, '----', '0%'],
    [0.5, '##--', '50%'],
    [0.999, '####', '99%'],
    [1, '####', '100%'],
    [7, '####', '100%'],
  ])('of %d is a bar and a percentage', (share, bar, percent) => {
    expect(progressBar(share, 4, screen)).toBe(bar);
    expect(percentText(share)).toBe(percent);
  });

  it('of bytes has a rate and a remaining time', () => {
    const line = bytesLine({ label: 'upload', doneBytes: 50e6, totalBytes: 200e6, perSecond: 10e6 }, screen);
    for (const part of ['upload', '25%', '50 of 200 MB', '10.0 MB/s', '15 s left']) expect(line).toContain(part);
  });

  it('that stalls has no rate, but how long it has', () => {
    const bytes = { label: 'upload', doneBytes: 5, totalBytes: 10, perSecond: 0, stalledUs: 3_000_000 };
    const line = withoutStyles(bytesLine(bytes, screen));
    expect(line).toContain('waiting for 3 s');
    expect(line).not.toContain('MB/s');
  });

  it.each([
    [undefined, ''],
    [Number.POSITIVE_INFINITY, ''],
    [0, '0 s left'],
    [1, '1 s left'],
    [200_000_000, '3 min 20 s left'],
  ])('remaining time of %s us', (us, text) => {
    expect(leftText(us)).toBe(text);
  });
});
