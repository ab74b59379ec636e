import { describe, expect, it } from 'vitest';
import { ProbeTurns } from './probe-turns.js';

/** A task that runs until it is ended. */
function task() {
  let begin = (): void => undefined;
  let end = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    begun,
    end,
    run: async (): Promise<string> => {
      begin();
      await ended;
      return 'done';
    },
  };
}

const forever = new AbortController().signal;

describe('turns of probes', () => {
  it('let a number run, a number wait, and reject the others', async () => {
    const turns = new ProbeTurns(1, 1);
    const [first, second] = [task(), task()];
    const results = [turns.run(forever, first.run), turns.run(forever, second.run)];
    expect(await turns.run(forever, task().run)).toBe('queue-full');
    expect([turns.running, turns.waiting]).toEqual([1, 1]);
    first.end();
    await second.begun;
    expect([turns.running, turns.waiting]).toEqual([1, 0]);
    second.end();
    expect(await Promise.all(results)).toEqual(['done', 'done']);
    expect(turns.running).toBe(0);
  });

  it('end for a probe whose time ends before its turn', async () => {
    const turns = new ProbeTurns(1, 1);
    const [first, controller] = [task(), new AbortController()];
    const running = turns.run(forever, first.run);
    const waiting = turns.run(controller.signal, task().run);
    controller.abort();
    expect(await waiting).toBe('too-late');
    expect(turns.waiting).toBe(0);
    first.end();
    await running;
    expect(turns.running).toBe(0);
  });

  it('go on after a probe that throws', async () => {
    const turns = new ProbeTurns(1, 0);
    await expect(turns.run(forever, async () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(turns.running).toBe(0);
  });
});
