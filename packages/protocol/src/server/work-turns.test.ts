import { describe, expect, it } from 'vitest';
import { WorkTurns } from './work-turns.js';

/** Works that the test ends, one after the other. */
class Works {
  readonly begun: string[] = [];
  readonly #end = new Map<string, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();

  start(name: string): () => Promise<string> {
    return async () => {
      this.begun.push(name);
      await new Promise<void>((resolve, reject) => this.#end.set(name, { resolve, reject }));
      return name;
    };
  }

  end(error?: Error): void {
    const work = this.#end.get(this.begun.at(-1) ?? '');
    if (error === undefined) work?.resolve();
    else work?.reject(error);
  }
}

describe('WorkTurns', () => {
  it('runs one work at a time, and lets the addresses take turns', async () => {
    const turns = new WorkTurns();
    const works = new Works();
    const names = ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'];
    const done = names.map(async (name) => turns.of(name.slice(0, 1))(works.start(name)));
    for (const [count] of names.entries()) {
      await expect.poll(() => works.begun.length).toBe(count + 1);
      works.end();
    }
    expect(await Promise.all(done)).toEqual(names);
    expect(works.begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  it('goes on with the next work after one that failed, and is free after the last', async () => {
    const turns = new WorkTurns();
    const works = new Works();
    const failure = new Error('no memory');
    const first = turns.of('a')(works.start('a1'));
    const second = turns.of('a')(works.start('a2'));
    works.end(failure);
    await expect(first).rejects.toBe(failure);
    works.end();
    expect(await second).toBe('a2');
    const third = turns.of('b')(works.start('b1'));
    expect(works.begun).toEqual(['a1', 'a2', 'b1']);
    works.end();
    await third;
  });
});
