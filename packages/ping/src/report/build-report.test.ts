import { describe, expect, it } from 'vitest';
import { parseArguments } from 'tentacle-protocol/cli';
import { PING } from '../options/definitions.js';
import { parseRunOptions } from '../options/run-options.js';
import { buildReport } from './build-report.js';
import type { Report } from './report.js';
import { Tally } from './tally.js';

const parsed = await parseArguments(PING, ['tentacle.example', '-c', '1']);
if (parsed.kind !== 'run') throw new Error('these arguments start no run');
const plan = parseRunOptions(parsed.positionals, parsed.options);

function reportOfOne(floors?: { readonly tcp: number }): Report {
  const tally = new Tally();
  tally.add({
    number: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    outcome: 'ok',
    reused: false,
    stages: [{ stage: 'tcp', durationUs: 70 }],
    totalUs: 70,
  });
  const facts = { host: plan.host, port: plan.port, timeoutUs: plan.timeoutUs };
  const times = { startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:01.000Z' };
  const summary = { ...times, reconnects: 0, notStarted: 0, ...(floors === undefined ? {} : { floors }) };
  return buildReport(
    '0.0.0',
    { plan, tally, bestFacts: facts, peer: undefined, page: undefined, attestation: undefined },
    summary,
  );
}

describe('a report', () => {
  // A histogram is 115 kB until it is encoded. An exporter would create six for each probe, and shows none of them.
  it.each([undefined, { tcp: 5 }])('encodes a histogram only when it is read, with floors %j', (floors) => {
    const { tcp } = reportOfOne(floors).stages;
    expect(Object.getOwnPropertyDescriptor(tcp ?? {}, 'histogram')).not.toHaveProperty('value');
    expect(JSON.parse(JSON.stringify(tcp))).toEqual({ ...tcp });
    expect(tcp?.floorUs).toBe(floors?.tcp);
  });
});
