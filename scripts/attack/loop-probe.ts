/**
 * Loaded into pong before it starts. Measures how long the event loop was blocked, which only the process itself can
 * know. A message to it starts a new period; it answers with the longest block of the period before.
 */
import { openSync, readSync } from 'node:fs';

/** How often the event loop is to come around. A block is known as exactly. */
const TICK_MS = 2;

/** The file of the system that counts it, and one buffer for all reads: memory of the probe would count as pong's. */
const schedstat = openIfThere('/proc/self/schedstat');
const text = Buffer.alloc(128);

/** Returns how long this thread has waited for a processor that others were using; 0 where the system does not tell. */
function waitedForProcessorUs(): number {
  if (schedstat === undefined) return 0;
  const length = readSync(schedstat, text, 0, text.length, 0);
  const [, waitedNs = '0'] = text.toString('latin1', 0, length).split(' ');
  return Number(waitedNs) / 1000;
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}

/** Without the time in which other processes kept the processor: that says something about the machine only. */
let longestBlockUs = 0;
let lastMs = performance.now();
let lastWaitedUs = waitedForProcessorUs();
setInterval(() => {
  const nowMs = performance.now();
  const waitedUs = waitedForProcessorUs();
  const blockUs = (nowMs - lastMs - TICK_MS) * 1000 - (waitedUs - lastWaitedUs);
  longestBlockUs = Math.max(longestBlockUs, Math.round(blockUs));
  lastMs = nowMs;
  lastWaitedUs = waitedUs;
}, TICK_MS).unref();

process.on('message', () => {
  process.send?.({ longestBlockUs });
  longestBlockUs = 0;
});
// Measuring must not keep pong from ending.
process.channel?.unref();
