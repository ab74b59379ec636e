import bcrypt from 'bcryptjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BasicAuth } from './basic-auth.js';

const HASH = bcrypt.hashSync('secret', 4);
const USERS = new Map([['alice', HASH]]);

function header(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

describe('basic authentication', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['the password of a user', header('alice', 'secret'), 'accepted'],
    ['another password', header('alice', 'Secret'), 'rejected'],
    ['a name that is not a user', header('bob', 'secret'), 'rejected'],
    ['an inherited name', header('constructor', 'secret'), 'rejected'],
    ['no header', undefined, 'rejected'],
    ['another scheme', 'Bearer secret', 'rejected'],
    ['a header without a colon', `Basic ${Buffer.from('alice').toString('base64')}`, 'rejected'],
  ])('%s', async (_, text, result) => {
    expect(await new BasicAuth().check(text, USERS)).toBe(result);
  });

  it('is not required without users', async () => {
    expect(await new BasicAuth().check(undefined, new Map())).toBe('accepted');
  });

  it('compares a password once, right or wrong, and a name that is not a user as slowly as one', async () => {
    const compare = vi.spyOn(bcrypt, 'compare');
    const auth = new BasicAuth();
    for (const [user, password] of [
      ['alice', 'secret'],
      ['alice', 'wrong'],
      ['bob', 'secret'],
    ] as const)
      for (let i = 0; i < 3; i++) await auth.check(header(user, password), USERS);
    expect(compare).toHaveBeenCalledTimes(3);
    // The cost decides how long a comparison takes.
    expect(compare.mock.calls.map(([, hash]) => bcrypt.getRounds(hash))).toEqual([4, 4, 4]);
  });

  it('forgets a password with its hash', async () => {
    const auth = new BasicAuth();
    expect(await auth.check(header('alice', 'secret'), USERS)).toBe('accepted');
    expect(await auth.check(header('alice', 'secret'), new Map([['alice', bcrypt.hashSync('other', 4)]]))).toBe(
      'rejected',
    );
    expect(await auth.check(header('alice', 'secret'), new Map([['carol', HASH]]))).toBe('rejected');
  });

  it('lets guesses neither wait in any number nor delay a password that is known', async () => {
    const auth = new BasicAuth();
    await auth.check(header('alice', 'secret'), USERS);
    const guesses = Array.from({ length: 20 }, async (_, i) => auth.check(header('alice', `guess ${i}`), USERS));
    expect(await auth.check(header('alice', 'secret'), USERS)).toBe('accepted');
    const results = await Promise.all(guesses);
    expect(results.filter((result) => result === 'busy').length).toBe(12);
    expect(results).not.toContain('accepted');
  });
});
