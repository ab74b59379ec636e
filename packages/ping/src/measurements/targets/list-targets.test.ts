import { UsageError } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import { listTargets } from './list-targets.js';

const THUMBPRINT = 'AB'.repeat(20);
const inFile = (text: string): unknown => listTargets([], { name: 'list.txt', text });

describe('a list of targets', () => {
  it('contains the hosts of the command line, then the lines of the file', () => {
    expect(listTargets(['a', 'b:1'], { name: 'f', text: 'c:2\n' })).toEqual([
      { host: 'a', port: 10933 },
      { host: 'b', port: 1 },
      { host: 'c', port: 2 },
    ]);
  });

  it.each([
    ['# all of them\r\n\r\nweb01   # the first\r\n', [{ host: 'web01', port: 10933 }]],
    ['\uFEFFweb01:1', [{ host: 'web01', port: 1 }]],
    [`web01 ${THUMBPRINT.toLowerCase()}\n`, [{ host: 'web01', port: 10933, thumbprint: THUMBPRINT }]],
    [`https://web01:10933/,${THUMBPRINT}\n`, [{ host: 'web01', port: 10933, thumbprint: THUMBPRINT }]],
    [
      'web01\nweb01\n',
      [
        { host: 'web01', port: 10933 },
        { host: 'web01', port: 10933 },
      ],
    ],
    ['[::1]:2', [{ host: '::1', port: 2 }]],
  ])('%j', (text, targets) => {
    expect(inFile(text)).toEqual(targets);
  });

  it.each([
    ['web01\nweb 02 x\n', /list\.txt, line 2: .*"web"|list\.txt, line 2/],
    ['web01:0', /list\.txt, line 1: .*65535/],
    ['web01 abc', /list\.txt, line 1: .*"abc"/],
    ['', /"list\.txt"/],
    ['# none\n', /"list\.txt"/],
    ['a\n'.repeat(100_001), /\b100000\b/],
  ])('%# is rejected, with the line', (text, what) => {
    expect(() => inFile(text)).toThrow(UsageError);
    expect(() => inFile(text)).toThrow(what);
  });
});
