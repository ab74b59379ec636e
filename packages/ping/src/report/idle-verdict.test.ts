import { describe, expect, it } from 'vitest';
import { classify, type FailureId, failureDefinition, type Observation } from 'tentacle-protocol/diagnostics';
import { type IdleSide, idleVerdict, isNormalEnd } from './idle-verdict.js';
import { CUT_IN_BETWEEN, ENDED_BY_PEER } from './remote-conclusions.js';
import { nothingMeasuredVerdict, okVerdict } from './run-verdicts.js';

const S = 1_000_000;
const OURS = 'A'.repeat(40);

/** A connection that ended, or turned out to be lost when it was used, after a number of seconds. */
function death(code: string, seconds: number, more: object = {}, peerKind = 'tentacle'): Observation {
  const idle = { spanUs: 900 * S, idleUs: seconds * S, ...more };
  return {
    signature: { shownAt: 'idle', code, elapsedUs: 5_000, received: Buffer.alloc(0), receivedBytes: 0 },
    facts: { ...failureDefinition('idle.silent').example.facts, ownThumbprint: OURS, peerKind, idle },
  };
}

function dead(observation: Observation, longestOkUs: number): IdleSide {
  const { idleUs = 0, checkUs } = observation.facts.idle ?? {};
  const { id } = classify(observation);
  return { outcome: id, longestOkUs, shortestDeadUs: idleUs, exact: checkUs === undefined, exceptions: 0, observation };
}

const alive = (longestOkUs: number, exceptions = 0): IdleSide => ({
  outcome: 'ok',
  longestOkUs,
  exact: false,
  exceptions,
});
const unknown: IdleSide = { outcome: 'unknown', exact: false, exceptions: 0 };

const verdictOf = (on: IdleSide, off: IdleSide, arrivedThumbprint?: string) =>
  idleVerdict(
    {
      on,
      off,
      toUs: 900 * S,
      keepAliveUs: 15 * S,
      peerKeepAliveOff: true,
      ...(arrivedThumbprint === undefined ? {} : { arrivedThumbprint }),
    },
    okVerdict(OPENED, 'echo'),
    OPENED,
  );

/** The attempts that opened the connections. */
const OPENED = { sent: 17, ok: 17, failed: 0 };

const closedByTentacle = dead(death('END_OF_STREAM', 60.02), 55 * S);
const forgotten = dead(death('READ_TIMEOUT', 360, { checkUs: 10 * S, survivedUs: 343 * S }), 343 * S);

describe('the verdict on idle connections', () => {
  it('is ok when all connections survived, also when it was stopped early', () => {
    expect(verdictOf(alive(900 * S), alive(900 * S))).toMatchObject({ id: 'ok', next: [] });
    const stopped = verdictOf(alive(55 * S), alive(40 * S));
    expect(stopped).toMatchObject({ id: 'ok', next: [{ who: 'you' }] });
    expect(stopped.means).toMatch(/\b55 s with .*\b40 s without/);
    expect(verdictOf(alive(900 * S, 1), alive(900 * S)).means).toContain('1 connection failed');
  });

  it('says that connections were opened where it was stopped before any had been idle', () => {
    const verdict = verdictOf(unknown, unknown);
    expect(verdict.id).toBe('incomplete');
    expect(verdict.means).toMatch(/\b17\b/);
    const none = { sent: 1, ok: 0, failed: 0 };
    const sides = { on: unknown, off: unknown, toUs: S, keepAliveUs: S, peerKeepAliveOff: true };
    expect(idleVerdict(sides, nothingMeasuredVerdict(), none)).toEqual(nothingMeasuredVerdict());
  });

  it("treats a Tentacle's own minute as normal, and is not certain that it was the Tentacle", () => {
    const verdict = verdictOf(closedByTentacle, closedByTentacle);
    expect(verdict).toMatchObject({ id: 'idle.closed-by-peer', certainty: { kind: 'ambiguous' } });
    expect(isNormalEnd(closedByTentacle)).toBe(true);
    expect(isNormalEnd(forgotten)).toBe(false);
    expect(isNormalEnd(alive(S))).toBe(false);
  });

  it('puts what is not normal before what is', () => {
    const soon = dead(death('READ_TIMEOUT', 40, { checkUs: 10 * S }), 38 * S);
    expect(verdictOf(closedByTentacle, soon).id).toBe('idle.silent');
    expect(verdictOf(soon, closedByTentacle).id).toBe('idle.silent');
  });

  it('shows that connections with keep-alive survive', () => {
    const { id, means, certainty } = verdictOf(alive(900 * S), forgotten);
    expect(id).toBe('idle.silent');
    // The peer was running all the time.
    expect(certainty.kind).toBe('conclusive');
    expect(verdictOf(alive(200 * S), forgotten).certainty.kind).toBe('ambiguous');
    expect(verdictOf(forgotten, forgotten).certainty.kind).toBe('ambiguous');
    expect(means).toMatch(/every 15 s.* survived 900 s/);
    expect(means).toContain('2024.1');
    expect(means).toContain('8.1.62');
  });

  it('shows between which times a connection is lost, and which device fits by default', () => {
    const { means } = verdictOf(forgotten, forgotten);
    expect(means).toContain('between 343 s and 360 s');
    expect(means).toContain('AWS Network Load Balancer');
    expect(means).not.toContain('F5');
  });

  it.each<[string, number, string, object]>([
    ['a minute and a second of a loaded host', 61, 'idle.closed-by-peer', {}],
    ['half a minute', 30, 'idle.closed', {}],
    ['ten minutes of an old library', 600.1, 'idle.closed-by-peer', {}],
    ['a minute that ends in the call', 60, 'idle.closed-by-peer', { checkUs: 1000 }],
  ])('an end of a Tentacle after %s', (_, seconds, id, more) => {
    expect(classify(death('END_OF_STREAM', seconds, more)).id).toBe(id);
  });

  it.each<[string, number, FailureId, object, string, string]>([
    ['the time that it says, with a goodbye', 3600, 'idle.closed-by-peer', { goodbye: true }, OURS, 'conclusive'],
    ['the time that it says, without one', 3600, 'idle.closed', {}, OURS, 'conclusive'],
    ['another time, without a goodbye', 50, 'idle.closed', {}, OURS, 'conclusive'],
    ['another time, with one: passed on, or its own', 50, 'idle.closed', { goodbye: true }, OURS, 'ambiguous'],
    ['another time, and TLS was terminated in between', 50, 'idle.closed', {}, 'B'.repeat(40), 'ambiguous'],
    ["a Tentacle's minute", 60, 'idle.closed', {}, OURS, 'conclusive'],
  ])('an end of a pong after %s', (_, seconds, id, more, arrived, kind) => {
    const side = dead(death('END_OF_STREAM', seconds, { peerLimitUs: 3600 * S, ...more }, 'pong'), S);
    expect(verdictOf(side, side, arrived)).toMatchObject({
      id,
      title: failureDefinition(id).title,
      certainty: { kind },
    });
  });

  it('says that keep-alive reaches no further than the proxy', () => {
    const observation = death('END_OF_STREAM', 30, { keepAliveUs: 15 * S });
    const throughProxy = {
      ...observation,
      facts: { ...observation.facts, proxy: { host: 'proxy.example', port: 3128 } },
    };
    expect(verdictOf(dead(throughProxy, S), alive(S)).means).toContain('no further than the proxy');
    expect(verdictOf(dead(observation, S), alive(S)).means).not.toContain('proxy,');
  });

  describe('with the records of a tentacle-pong', () => {
    const closed = dead(death('END_OF_STREAM', 30, { goodbye: true }, 'pong'), 25 * S);
    const there = (of: number, endedThere: number, notEndedThere: number) => ({
      of,
      endedThere,
      notEndedThere,
      unknown: of - endedThere - notEndedThere,
    });

    it('is certain that neither end ended them, or that tentacle-pong did', () => {
      expect(verdictOf(closed, closed).certainty.kind).toBe('ambiguous');
      const between = verdictOf({ ...closed, there: there(3, 0, 3) }, closed);
      expect(between.certainty).toEqual({ kind: 'conclusive' });
      expect(between.means).toMatch(new RegExp(`these 3 connections.*${CUT_IN_BETWEEN}`));
      const pongs = verdictOf({ ...closed, there: there(1, 1, 0) }, closed);
      expect(pongs.certainty).toEqual({ kind: 'conclusive' });
      expect(pongs.means).toContain(ENDED_BY_PEER);
    });

    it('changes no certainty where they do not agree, or are not known', () => {
      const mixed = verdictOf({ ...closed, there: there(4, 1, 2) }, closed);
      expect(mixed.certainty.kind).toBe('ambiguous');
      expect(mixed.means).toMatch(/these 4 connections.*\b1\b.*\b2\b.*\b1\b/);
      const unseen = verdictOf({ ...closed, there: there(4, 0, 0) }, closed);
      expect(unseen).toEqual(verdictOf(closed, closed));
    });

    it('is not certain of the cause of silence, because a paused machine is silent too', () => {
      const silent = verdictOf({ ...forgotten, there: there(2, 0, 2) }, forgotten);
      expect(silent.certainty.kind).toBe('ambiguous');
      expect(silent.means).toContain('these 2 connections');
      const unheard = verdictOf({ ...forgotten, there: there(1, 1, 0) }, forgotten);
      expect(unheard.certainty.kind).toBe('ambiguous');
      expect(unheard.means).toContain('this connection');
    });

    it("does not rely on the time where the peer's own record contradicts it", () => {
      const own = { goodbye: true, peerLimitUs: 30 * S };
      expect(classify(death('END_OF_STREAM', 30, own, 'pong')).id).toBe('idle.closed-by-peer');
      const notThere = death('END_OF_STREAM', 30, { ...own, endedThere: false }, 'pong');
      expect(classify(notThere).id).toBe('idle.closed');
    });
  });
});
