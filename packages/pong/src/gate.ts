import { Allowance, arrivedConnection, endingOf, Gate } from 'tentacle-protocol';
import { serveConnection } from './connection.js';
import type { House } from './house.js';
import type { ConnectionRecord } from './records.js';

/** The gate of a pong: each connection that came has its ending, its record and its line in the log. */
export function gateOf(house: House): Gate {
  const { tally, records, log, limits, stop, version } = house;
  const bounded = { ...house, limits: { ...limits, allowance: new Allowance(limits.allMessagesMaxBytes) } };
  let isFull = false;
  const gate = new Gate({
    part: 'tentacle',
    connectionsMax: limits.connectionsMax,
    counts: tally,
    stop,
    serve: async (socket, course) => {
      isFull = false;
      await serveConnection(socket, course, bounded, (question) => {
        const open = [...gate.open].map(([other, its]) => arrivedConnection(its, other));
        return records.answer(question, { asker: course.view(version), open, acceptedAtOnce: gate.acceptedAtOnce });
      });
    },
    ended: (socket, course, error) => {
      const sighting = course.sighting(error);
      const ending = endingOf(sighting);
      const { code } = sighting;
      const record: ConnectionRecord = {
        ...arrivedConnection(socket, course),
        closedBy: course.closedBy ?? 'us',
        ending: ending.id,
        ...(code === undefined ? {} : { code }),
      };
      tally.ended(record);
      records.add(record);
      // A flood of connections must not become a flood of lines.
      const isRepeated = ending.id === 'too-many-connections' && isFull;
      if (ending.id === 'too-many-connections') isFull = true;
      const text = ending.level === 'info' ? ending.title : `${ending.title}. ${ending.means(sighting)}`;
      // The text names the first bytes where they tell something; whole, they would fill the screen.
      const { firstBytes: _, ...line } = record;
      log[isRepeated ? 'debug' : ending.level](line, text);
      if (ending.id === 'internal.bug') log.debug(error, 'where the bug is');
    },
  });
  return gate;
}
