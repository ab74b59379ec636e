import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutStyles } from './style.js';
import { fitTable, type Table, tableText } from './table.js';

const TABLE: Table = {
  sides: 'lrr',
  heads: ['name', 'min', 'max'],
  rows: [
    ['one', '1', '200'],
    ['three', '30', '4'],
  ],
};

const lines = (table: Table, width: number): string[] => withoutStyles(tableText(table, width)).trimEnd().split('\n');

describe('a table', () => {
  it('has its columns below their heads', () => {
    expect(lines(TABLE, 80)).toEqual(['name   min  max', 'one      1  200', 'three   30    4']);
  });

  it('without rows has no head', () => {
    expect(tableText({ ...TABLE, rows: [] }, 80)).toBe('');
  });

  it('that is too wide has a line for each cell, with its head', () => {
    expect(lines(TABLE, 14)).toEqual(['one', '    min: 1', '    max: 200', 'three', '    min: 30', '    max: 4']);
  });

  it('goes without the least important columns first, as many as it must', () => {
    const heads = (width: number): readonly string[] => fitTable(TABLE, ['min', 'max'], width).heads;
    expect(heads(15)).toEqual(['name', 'min', 'max']);
    expect(heads(14)).toEqual(['name', 'max']);
    expect(heads(5)).toEqual(['name']);
  });

  it('of any cells fits, as far as words allow', () => {
    const cell = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { maxLength: 6 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell)), fc.integer({ min: 24, max: 60 }), (rows, width) => {
        for (const line of lines({ ...TABLE, rows }, width)) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
