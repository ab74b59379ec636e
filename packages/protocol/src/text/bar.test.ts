import { expect, it } from 'vitest';
import { bar } from './bar.js';

it.each([
  [0, '', ''],
  [0.001, '▌', '#'],
  [0.5, '█████', '#####'],
  [0.55, '█████▌', '######'],
  [1, '██████████', '##########'],
  [3, '██████████', '##########'],
])('a share of %f of ten columns', (share, unicode, ascii) => {
  expect(bar(share, 10, { unicode: true })).toBe(unicode);
  expect(bar(share, 10, { unicode: false })).toBe(ascii);
});
