import { describe, expect, it } from 'vitest';
import { ConnectionTrace } from './trace.js';

const FACTS = { host: 'tentacle.example', port: 10933, timeoutUs: 10_000_000 };

describe('ConnectionTrace', () => {
  it('starts a connector with the name, and keeps the time of each stage that completes', async () => {
    const trace = new ConnectionTrace(FACTS);
    expect(trace.currentStage).toBe('dns');
    expect(await trace.stage('dns', () => Promise.resolve('done'))).toBe('done');
    const failing = trace.stage('tcp', () => {
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect(trace.currentStage).toBe('tcp');
    expect(trace.completedStages).toEqual([{ stage: 'dns', durationUs: expect.any(Number) as number }]);
  });

  it('prefers an interval that the work of a stage measured itself, for that stage only', async () => {
    const trace = new ConnectionTrace(FACTS);
    await trace.stage('tcp', () => trace.recordInterval({ startedUs: 0, endedUs: 3_600_000_000 }));
    await trace.stage('tls', () => undefined);
    expect(trace.completedStages[0]).toEqual({ stage: 'tcp', durationUs: 3_600_000_000 });
    expect(trace.completedStages[1]?.durationUs).not.toBe(3_600_000_000);
  });

  it('adds facts, and replaces those that are observed again', () => {
    const trace = new ConnectionTrace(FACTS);
    trace.record({ address: '192.0.2.7' });
    trace.record({ address: '192.0.2.8', localPort: 1 });
    expect(trace.facts).toEqual({ ...FACTS, address: '192.0.2.8', localPort: 1 });
  });

  it('starts a listener with its own first stage', () => {
    const trace = new ConnectionTrace<{ readonly port: number }, 'start' | 'page'>({ port: 1 }, 'start');
    expect(trace.currentStage).toBe('start');
    trace.enterStage('page');
    expect(trace.currentStage).toBe('page');
    expect(trace.completedStages).toEqual([]);
  });

  it('counts answered calls by name, and knows whether one waits for its answer', () => {
    const trace = new ConnectionTrace(FACTS);
    trace.callStarted();
    expect(trace).toMatchObject({ isInCall: true, completedCalls: 0, calls: {} });
    trace.callCompleted('a.b');
    trace.callCompleted('a.c');
    expect(trace).toMatchObject({ isInCall: false, completedCalls: 2, calls: { 'a.b': 1, 'a.c': 1 } });
  });
});
