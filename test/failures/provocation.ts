import { describe, expect } from 'vitest';
import { type Stage, STAGES } from '../../packages/protocol/src/index.js';
import {
  describeFailure,
  type Failure,
  type FailureId,
  failureDefinition,
} from '../../packages/protocol/src/diagnostics/index.js';
import { allConnectionsGone } from '../peers/tcp-peer.js';
import { type Component, itWith } from '../real-components.js';
import { type Outcome, OWN_THUMBPRINT } from './attempt.js';

/** One real cause of a failure. */
export interface Provocation {
  readonly id: FailureId;
  readonly by: string;
  readonly needs?: Component;
  /** The stage in which it is observed, if that is not the stage of its id. */
  readonly shownAt?: Stage;
  /** A longer limit than for other tests. */
  readonly timeoutMs?: number;
  readonly provoke: () => Promise<Outcome | Failure>;
  /** Members that the evidence must have, among others. */
  readonly evidence: Readonly<Partial<Record<keyof Failure['evidence'], unknown>>>;
  /** A value that the explanation must contain: a number, a name, or text that the peer sent. */
  readonly mentions?: string | RegExp;
}

/** Runs each provocation as a test of its id, its stage, its evidence, and the values in its explanation. */
export function provoke(provocations: readonly Provocation[]): void {
  const ids = [...new Set(provocations.map(({ id }) => id))];
  describe.each(ids)('%s', (id) => {
    for (const provocation of provocations.filter((provocation) => provocation.id === id)) {
      itWith(provocation.needs, provocation.by, () => check(provocation), provocation.timeoutMs);
    }
  });
}

async function check({ id, shownAt, provoke, evidence, mentions }: Provocation): Promise<void> {
  const outcome = await provoke();
  await allConnectionsGone();
  const failure = 'trace' in outcome ? outcome.failure : outcome;
  const row = failureDefinition(id);
  expect(failure).toMatchObject({ id, shownAt: shownAt ?? row.stage, evidence });
  if (failure === undefined) return;

  const { elapsedUs, receivedBytes, address, localPort, ownThumbprint } = failure.evidence;
  expect(elapsedUs).toBeGreaterThan(0);
  expect(Number.isInteger(elapsedUs)).toBe(true);
  expect(receivedBytes).toBeGreaterThanOrEqual(0);
  expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
  expect(ownThumbprint).toMatch(/^[0-9A-F]{40}$/);
  const hasReached = (stage: Stage): boolean => STAGES.indexOf(failure.shownAt) >= STAGES.indexOf(stage);
  if (hasReached('tcp')) expect(address).toMatch(/^[0-9a-f.:]+$/);
  if (hasReached('tls')) expect(localPort).toBeGreaterThan(0);
  if (hasReached('trust')) {
    expect(failure.evidence).toMatchObject({
      tlsVersion: expect.stringMatching(/^TLSv1\.[23]$/) as unknown,
      cipher: expect.stringMatching(/^TLS_/) as unknown,
    });
  }

  if (!('observation' in outcome)) return;
  expect(ownThumbprint).toBe(OWN_THUMBPRINT);
  const { explanation: means, remediation: next } = describeFailure(id, outcome.observation);
  for (const text of [means, ...next.map(({ action }) => action)]) {
    expect(text).not.toMatch(/undefined|\[object|NaN/);
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
  if (mentions !== undefined) expect(means).toMatch(mentions);
}
