import { describe, expect, it } from 'vitest';
import { type FailureId, rowOf } from './catalogue.js';
import { classify } from './classify.js';
import { type IdleSide, idleVerdict, isNormalEnd } from './idle-verdict.js';
import { EXAMPLE_FACTS, exampleSymptom, type Sighting } from './row.js';

const S = 1_000_000;
const OURS = 'A'.repeat(40);

/** A connection that ended, or was found dead when it was used, after so many seconds. */
function death(code: string, seconds: number, more: object = {}, peerKind = 'tentacle'): Sighting {
  const idle = { spanUs: 900 * S, idleUs: seconds * S, ...more };
  return {
    symptom: exampleSymptom('idle', code),
    facts: { ...EXAMPLE_FACTS, ownThumbprint: OURS, peerKind, idle },
  };
}

function dead(sighting: Sighting, longestOkUs: number): IdleSide {
  const { idleUs = 0, checkUs } = sighting.facts.idle ?? {};
  const { id } = classify(sighting);
  return { outcome: id, longestOkUs, shortestDeadUs: idleUs, exact: checkUs === undefined, exceptions: 0, sighting };
}

const alive = (longestOkUs: number, exceptions = 0): IdleSide => ({
  outcome: 'ok',
  longestOkUs,
  exact: false,
  exceptions,
});
const unknown: IdleSide = { outcome: 'unknown', exact: false, exceptions: 0 };

const verdictOf = (on: IdleSide, off: IdleSide, arrivedThumbprint?: string) =>
  idleVerdict({
    on,
    off,
    toUs: 900 * S,
    keepAliveUs: 15 * S,
    peerQuiet: true,
    ...(arrivedThumbprint === undefined ? {} : { arrivedThumbprint }),
  });

const closedByTentacle = dead(death('END_OF_STREAM', 60.02), 55 * S);
const forgotten = dead(death('READ_TIMEOUT', 360, { checkUs: 10 * S, survivedUs: 343 * S }), 343 * S);

describe('the verdict on idle connections', () => {
  it('is ok when all survived, or as many as there were when it was stopped', () => {
    expect(verdictOf(alive(900 * S), alive(900 * S))).toMatchObject({ id: 'ok', title: 'Idle connections survive' });
    const stopped = verdictOf(alive(55 * S), alive(40 * S));
    expect(stopped).toMatchObject({ id: 'ok', title: 'Idle connections survived as long as was looked' });
    expect(stopped.means).toContain('55 s with TCP keep-alive and 40 s without');
    expect(verdictOf(alive(900 * S, 1), alive(900 * S)).means).toContain('1 of them died earlier');
    expect(verdictOf(unknown, unknown).id).toBe('nothing-measured');
  });

  it("takes a Tentacle's own minute for normal, and does not swear that it was the Tentacle", () => {
    const verdict = verdictOf(closedByTentacle, closedByTentacle);
    expect(verdict).toMatchObject({ id: 'idle.closed-by-peer', certainty: { kind: 'one-of' } });
    expect(isNormalEnd(closedByTentacle)).toBe(true);
    expect(isNormalEnd(forgotten)).toBe(false);
    expect(isNormalEnd(alive(S))).toBe(false);
  });

  it('puts what is not normal before what is', () => {
    const soon = dead(death('READ_TIMEOUT', 40, { checkUs: 10 * S }), 38 * S);
    expect(verdictOf(closedByTentacle, soon).id).toBe('idle.silent');
    expect(verdictOf(soon, closedByTentacle).id).toBe('idle.silent');
  });

  it('says that keep-alive spares those who have it', () => {
    const { id, means, certainty } = verdictOf(alive(900 * S), forgotten);
    expect(id).toBe('idle.silent');
    // The peer was there all the while.
    expect(certainty.kind).toBe('sure');
    expect(verdictOf(alive(200 * S), forgotten).certainty.kind).toBe('one-of');
    expect(verdictOf(forgotten, forgotten).certainty.kind).toBe('one-of');
    expect(means).toContain('With a TCP keep-alive each 15 s they survived 900 s');
    expect(means).toContain('2024.1');
  });

  it('says between which times a silent death lies, and which usual device would fit', () => {
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
    ['the time that it says, with a goodbye', 3600, 'idle.closed-by-peer', { goodbye: true }, OURS, 'sure'],
    ['the time that it says, without one', 3600, 'idle.closed', {}, OURS, 'sure'],
    ['another time, without a goodbye', 50, 'idle.closed', {}, OURS, 'sure'],
    ['another time, with one: passed on, or its own', 50, 'idle.closed', { goodbye: true }, OURS, 'one-of'],
    ['another time, and TLS was ended on the way', 50, 'idle.closed', {}, 'B'.repeat(40), 'one-of'],
    ["a Tentacle's minute", 60, 'idle.closed', {}, OURS, 'sure'],
  ])('an end of a pong after %s', (_, seconds, id, more, arrived, kind) => {
    const side = dead(death('END_OF_STREAM', seconds, { peerLimitUs: 3600 * S, ...more }, 'pong'), S);
    expect(verdictOf(side, side, arrived)).toMatchObject({ id, title: rowOf(id).title, certainty: { kind } });
  });

  it('says that a keep-alive goes no further than the proxy', () => {
    const sighting = death('END_OF_STREAM', 30, { keepAliveUs: 15 * S });
    const throughProxy = { ...sighting, facts: { ...sighting.facts, proxy: { host: 'proxy.example', port: 3128 } } };
    expect(verdictOf(dead(throughProxy, S), alive(S)).means).toContain('no further than the proxy');
    expect(verdictOf(dead(sighting, S), alive(S)).means).not.toContain('proxy,');
  });

  describe('by the records of a pong', () => {
    const closed = dead(death('END_OF_STREAM', 30, { goodbye: true }, 'pong'), 25 * S);
    const there = (of: number, endedThere: number, notEndedThere: number) => ({
      of,
      endedThere,
      notEndedThere,
      unknown: of - endedThere - notEndedThere,
    });

    it('knows that neither end ended them, or that the pong did', () => {
      expect(verdictOf(closed, closed).certainty.kind).toBe('one-of');
      const between = verdictOf({ ...closed, there: there(3, 0, 3) }, closed);
      expect(between.certainty).toEqual({ kind: 'sure' });
      expect(between.means).toContain('it did not end these 3 connections, nor did we: something between the two did');
      const pongs = verdictOf({ ...closed, there: there(1, 1, 0) }, closed);
      expect(pongs.certainty).toEqual({ kind: 'sure' });
      expect(pongs.means).toContain('it ended this connection itself. So it was not the way');
    });

    it('swears to nothing where they do not agree, or are not known', () => {
      const mixed = verdictOf({ ...closed, there: there(4, 1, 2) }, closed);
      expect(mixed.certainty.kind).toBe('one-of');
      expect(mixed.means).toContain('these 4 connections, it ended 1 itself, it did not end 2, of 1 it is not known.');
      const unseen = verdictOf({ ...closed, there: there(4, 0, 0) }, closed);
      expect(unseen).toEqual(verdictOf(closed, closed));
    });

    it('swears to no cause of silence, which a machine that stood still is as well', () => {
      const silent = verdictOf({ ...forgotten, there: there(2, 0, 2) }, forgotten);
      expect(silent.certainty.kind).toBe('one-of');
      expect(silent.means).toContain('it did not end these 2 connections, and that no call came on them afterwards.');
      const unheard = verdictOf({ ...forgotten, there: there(1, 1, 0) }, forgotten);
      expect(unheard.certainty.kind).toBe('one-of');
      expect(unheard.means).toContain('it ended this connection itself, of which nothing came here.');
    });

    it("is not taken in by a time that is the peer's own", () => {
      const own = { goodbye: true, peerLimitUs: 30 * S };
      expect(classify(death('END_OF_STREAM', 30, own, 'pong')).id).toBe('idle.closed-by-peer');
      const notThere = death('END_OF_STREAM', 30, { ...own, endedThere: false }, 'pong');
      expect(classify(notThere).id).toBe('idle.closed');
    });
  });
});
