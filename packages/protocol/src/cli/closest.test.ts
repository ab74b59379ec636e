import { describe, expect, it } from 'vitest';
import { closestMatches } from './closest.js';

const COMMANDS = ['diagnose', 'explain', 'compare', 'listen', 'help', 'completion'];

describe('closestMatches', () => {
  it.each([
    ['diagnos', ['diagnose']],
    ['daignose', ['diagnose']],
    ['Compare', ['compare']],
    ['lisen', ['listen']],
    ['comparison', []],
    ['web01', []],
    ['', []],
  ])('%j: %j', (word, matches) => {
    expect(closestMatches(word, COMMANDS)).toEqual(matches);
  });

  it('counts two swapped letters as one error, and leaves out what is further away', () => {
    expect(closestMatches('cuont', ['font', 'count'])).toEqual(['count']);
  });

  it('allows as many errors as requested', () => {
    expect(closestMatches('list', COMMANDS)).toEqual(['listen']);
    expect(closestMatches('list', COMMANDS, 1)).toEqual([]);
  });

  it('allows a third of a longer word to be wrong', () => {
    expect(closestMatches('tls.no-comon-parametres', ['tls.no-common-parameters'])).toEqual([
      'tls.no-common-parameters',
    ]);
    expect(closestMatches('abcdefghi', ['abcdefxyz', 'abcdewxyz'])).toEqual(['abcdefxyz']);
  });

  it('suggests at most three', () => {
    expect(closestMatches('aaaa', ['aaab', 'aaac', 'aaad', 'aaae'])).toEqual(['aaab', 'aaac', 'aaad']);
  });
});
