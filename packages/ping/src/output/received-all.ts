import type { RemoteView } from '../report/remote-view.js';

/** Whether the other end received every attempt, as it was sent: one sentence says everything about its records. */
export function hasReceivedAll(otherEnd: RemoteView | undefined): boolean {
  if (otherEnd?.status !== 'compared') return false;
  const { attempts, cutShort, answeredElsewhere = 0, translated, tls, certificates, firstBytes, failures } = otherEnd;
  const isComplete = attempts.sent > 0 && attempts.arrived + attempts.kept === attempts.sent;
  const isNotable = [translated, tls, certificates, firstBytes, failures].some((found) => found.length > 0);
  return isComplete && cutShort === undefined && answeredElsewhere === 0 && !isNotable;
}
