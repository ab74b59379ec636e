import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue, failureDefinition, type FailureId, failureVerdict } from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import type { ListenerState } from './listener-state.js';
import { drawConclusion, withRemoteEvidence } from './draw-conclusion.js';
import { NO_EVIDENCE, type RemoteEvidence } from './remote-evidence.js';
import { okVerdict } from './run-verdicts.js';

const FATES = [
  'neverArrived',
  'queueOverflowed',
  'cutBetween',
  'endedThere',
  'waitedThere',
  'limitReached',
  'notRunning',
  'nothingCame',
  'answerLost',
  'handshakeIncomplete',
  'arrived',
  'unknown',
] as const;

const LINUX: ListenerState = {
  platform: 'linux',
  listenOverflows: 0,
  listenDrops: 0,
  wasQueueFull: false,
  longestStallUs: 0,
  hadFreeHandles: true,
  leftConnections: false,
};

/** What a system without these counters reports. */
const UNCOUNTED: ListenerState = { platform: 'linux', wasQueueFull: false };

const OVERFLOWED: ListenerState = { ...LINUX, listenOverflows: 80, listenDrops: 80 };
const PAUSED: ListenerState = { ...OVERFLOWED, wasQueueFull: true, longestStallUs: 9_000_000 };

const listeners = (): fc.Arbitrary<ListenerState | undefined> =>
  fc.constantFrom(undefined, LINUX, UNCOUNTED, OVERFLOWED, PAUSED, { ...LINUX, platform: 'win32' });

const counts = (): fc.Arbitrary<RemoteEvidence> =>
  fc
    .tuple(fc.array(fc.constantFrom(...FATES), { minLength: 1, maxLength: 8 }), fc.boolean())
    .map(([fates, addressReached]) => {
      const seen = { ...NO_EVIDENCE, addressReached, of: fates.length };
      for (const fate of fates) seen[fate]++;
      return seen;
    });

describe('what the other end recorded of a failure', () => {
  it('changes its certainty only where the records of each attempt agree', () => {
    const ids = fc.constantFrom(...catalogue.map(({ id }) => id));
    fc.assert(
      fc.property(ids, counts(), listeners(), (id, seen, listener) => {
        const circumstances = omitUndefined({ listener });
        const { says, certainty } = drawConclusion(id, seen, circumstances);
        if (certainty !== undefined) {
          expect(seen.unknown + seen.arrived).toBe(0);
          if (seen.neverArrived > 0) expect(seen.addressReached).toBe(true);
          const paused = seen.queueOverflowed + seen.notRunning;
          expect([0, seen.of]).toContain(paused);
          if (paused === 0) expect(FATES.filter((fate) => seen[fate] === seen.of)).toHaveLength(1);
        }
        // Without the counters of its system it is never certain that the network dropped a packet.
        if (listener?.listenDrops !== 0 && certainty?.kind === 'conclusive')
          expect([seen.neverArrived * Number(id !== 'tcp.refused'), seen.nothingCame]).toEqual([0, 0]);
        // Every known number is in the text.
        for (const fate of FATES.slice(0, -1))
          if (seen[fate] > 0) expect(says).toMatch(new RegExp(`\\b${seen[fate]}\\b`));
        if (says === undefined) expect(seen.unknown).toBe(seen.of);
        const { example } = failureDefinition(id);
        const verdict = failureVerdict(id, example, seen.of, { sent: 100, ok: 0, failed: seen.of });
        const found = withRemoteEvidence(verdict, seen, circumstances);
        expect(found.certainty).toEqual(certainty ?? verdict.certainty);
        expect(found.means.startsWith(verdict.means)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[FailureId, Partial<RemoteEvidence>, ListenerState | undefined, string | undefined]>([
    ['tcp.timeout', { neverArrived: 7 }, LINUX, 'conclusive'],
    ['tcp.timeout', { neverArrived: 7 }, OVERFLOWED, 'ambiguous'],
    ['tcp.timeout', { neverArrived: 7 }, UNCOUNTED, 'ambiguous'],
    ['tcp.timeout', { neverArrived: 7 }, undefined, 'ambiguous'],
    ['tcp.timeout', { queueOverflowed: 7 }, PAUSED, 'conclusive'],
    ['tcp.timeout', { queueOverflowed: 4, notRunning: 3 }, PAUSED, 'conclusive'],
    ['tcp.timeout', { queueOverflowed: 4, neverArrived: 3 }, PAUSED, undefined],
    ['tls.silent', { notRunning: 7 }, PAUSED, 'conclusive'],
    ['tcp.refused', { neverArrived: 7 }, LINUX, 'conclusive'],
    ['tcp.refused', { neverArrived: 7 }, { ...LINUX, platform: 'win32' }, 'ambiguous'],
    ['tcp.refused', { neverArrived: 7 }, undefined, 'ambiguous'],
    ['tls.reset', { neverArrived: 7 }, LINUX, 'conclusive'],
    ['tls.reset', { neverArrived: 7 }, { ...LINUX, hadFreeHandles: false }, 'ambiguous'],
    ['tls.reset', { neverArrived: 7 }, { ...LINUX, leftConnections: true }, 'ambiguous'],
    ['tls.reset', { cutBetween: 7 }, undefined, 'conclusive'],
    ['tls.reset', { endedThere: 7 }, undefined, 'conclusive'],
    ['tls.closed', { waitedThere: 7 }, LINUX, 'ambiguous'],
    ['tls.closed', { limitReached: 7 }, LINUX, 'conclusive'],
    ['tls.reset', { limitReached: 4, endedThere: 3 }, LINUX, undefined],
    ['tls.silent', { nothingCame: 7 }, LINUX, 'conclusive'],
    ['tls.silent', { nothingCame: 7 }, OVERFLOWED, 'ambiguous'],
    ['tls.silent', { nothingCame: 7 }, undefined, 'ambiguous'],
    ['tls.silent', { answerLost: 7 }, LINUX, 'ambiguous'],
    ['trust.closed-after-identity', { handshakeIncomplete: 7 }, undefined, 'conclusive'],
    ['trust.closed-after-identity', { handshakeIncomplete: 7, uncertain: 1 }, undefined, 'ambiguous'],
    ['trust.closed-after-identity', { handshakeIncomplete: 4, arrived: 3 }, undefined, undefined],
    ['identity.timeout', { handshakeIncomplete: 7 }, undefined, 'ambiguous'],
  ])('%s with records %o and a listener %o: %s', (id, seen, listener, kind) => {
    const circumstances = omitUndefined({ listener });
    const { says, certainty } = drawConclusion(id, { ...NO_EVIDENCE, of: 7, ...seen }, circumstances);
    expect(says).toMatch(/\b[347] failed attempts\b/);
    expect(certainty?.kind).toBe(kind);
  });

  it('replaces the steps about trust where it excludes trust', () => {
    const id = 'trust.closed-after-identity';
    const verdict = failureVerdict(id, failureDefinition(id).example, 7, { sent: 7, ok: 0, failed: 7 });
    const cut = withRemoteEvidence(verdict, { ...NO_EVIDENCE, of: 7, handshakeIncomplete: 7 }, {});
    expect(cut.next.map(({ who }) => who)).toEqual(['network-team', 'you']);
    expect(withRemoteEvidence(verdict, { ...NO_EVIDENCE, of: 7, endedThere: 7 }, {}).next).toEqual(verdict.next);
  });

  it.each([
    ['tcp.timeout', { neverArrived: 7 }, 'network-team'],
    ['tcp.refused', { neverArrived: 7 }, 'network-team'],
    ['tls.reset', { neverArrived: 7 }, 'network-team'],
    ['rpc.reset', { cutBetween: 7 }, 'network-team'],
    ['tls.silent', { nothingCame: 7 }, 'network-team'],
    ['tls.silent', { notRunning: 7 }, 'tentacle-admin'],
    ['tls.closed', { endedThere: 7 }, 'tentacle-admin'],
  ] as const)('has steps for the proven cause alone: %s with %o', (id, seen, who) => {
    const verdict = failureVerdict(id, failureDefinition(id).example, 7, { sent: 9, ok: 2, failed: 7 });
    const { certainty, next } = withRemoteEvidence(verdict, { ...NO_EVIDENCE, of: 7, ...seen }, { listener: LINUX });
    expect(certainty.kind).toBe('conclusive');
    expect(next[0]?.who).toBe(who);
    // Those of the failure alone are about every cause that it can have.
    expect(verdict.next).not.toEqual(expect.arrayContaining(next.slice(0, 1)));
  });

  it('does not change the verdict of a path that works', () => {
    const verdict = okVerdict({ sent: 1, ok: 1, failed: 0 }, 'echo');
    expect(withRemoteEvidence(verdict, { ...NO_EVIDENCE, of: 1, neverArrived: 1 }, {})).toBe(verdict);
  });
});
