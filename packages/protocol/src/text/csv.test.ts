import { expect, it } from 'vitest';
import { csvRow } from './csv.js';

it('quotes cells that have to be quoted, as RFC 4180 writes them', () => {
  expect(csvRow(['a', 'b c', 'd,e', 'f"g', 'h\r\ni', '', undefined])).toBe('a,b c,"d,e","f""g","h\r\ni",,\r\n');
});

it('writes numbers and flags as they are', () => {
  expect(csvRow([0, -1, 1.5, true, false])).toBe('0,-1,1.5,true,false\r\n');
});

it.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ['a=1', 'a=1'],
])('a spreadsheet does not run %j', (text, cell) => {
  expect(csvRow([text])).toBe(`${cell}\r\n`);
});
