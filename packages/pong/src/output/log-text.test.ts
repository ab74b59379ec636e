import { textWidth, withoutStyles } from 'tentacle-protocol/cli';
import { endings } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import { describeOutcome, durationColumn } from './connection-outcome.js';
import { type LogLine, logText } from './log-text.js';

const WIDTHS = [40, 80, 120, 200];

/** Those of connections to tentacle-ping listen have other programs. */
const OWN_ENDINGS = endings.filter(({ id }) => !id.startsWith('poll.'));

const LINE: LogLine & { durationUs: number } = {
  level: 'warn',
  time: '2026-01-01T12:00:00.000Z',
  msg: 'Closed by the peer. The peer at 198.51.100.77 closed the connection, which may mean anything at all.',
  ending: 'served',
  address: '198.51.100.177',
  port: 50123,
  connectionId: '33007bc7-949e-402e-a272-19f46af34394',
  durationUs: 258_000,
  clientThumbprint: '0123456789ABCDEF0123456789ABCDEF01234567',
  calls: { 'ITentaclePongService.Echo': 3 },
};

describe('the line of a connection', () => {
  it.each(OWN_ENDINGS.map((ending) => [ending.id, ending] as const))('%s: one line of 80 columns', (id) => {
    const text = withoutStyles(logText({ ...LINE, ending: id }, { width: 80, unicode: true }, false));
    expect(text.split('\n')).toHaveLength(2);
    expect(textWidth(text.trimEnd())).toBeLessThanOrEqual(80);
    const { word } = describeOutcome({ ending: id, calls: {}, durationUs: 0 });
    expect(word).not.toBe(id === 'internal.bug' || id === 'other' ? '' : 'failed');
    expect(word.length).toBeLessThanOrEqual(9);
  });

  it.each(WIDTHS)('fits %i columns with all details, and breaks no word', (width) => {
    for (const { id } of OWN_ENDINGS)
      for (const address of ['192.0.2.7', '2001:db8:1111:2222:3333:4444:5555:6666'])
        for (const isVerbose of [true, false]) {
          const text = (screenWidth: number): string =>
            withoutStyles(logText({ ...LINE, ending: id, address }, { width: screenWidth, unicode: true }, isVerbose));
          for (const line of text(width).split('\n'))
            if (line.trim().includes(' ')) expect(textWidth(line), line).toBeLessThanOrEqual(width);
          expect(text(width).split(/\s+/)).toEqual(text(10_000).split(/\s+/));
        }
  });

  it('has details only where they are wanted', () => {
    const screen = { width: 80, unicode: true };
    const { clientThumbprint = '', connectionId = '' } = LINE;
    expect(logText(LINE, screen, true)).toContain(clientThumbprint);
    expect(logText(LINE, screen, true)).toContain(connectionId);
    expect(logText(LINE, screen, false)).not.toContain(connectionId);
  });

  it('shows the rejected thumbprint short, and the protocol of first bytes', () => {
    const screen = { width: 80, unicode: true };
    expect(logText({ ...LINE, ending: 'refused.thumbprint' }, screen, false)).toContain('01234567..4567');
    const bytes = Buffer.from('SSH-2.0-OpenSSH_9.2\r\n');
    const firstBytes = { text: bytes.toString('latin1'), hex: bytes.toString('hex') };
    expect(logText({ ...LINE, ending: 'not-tls.other', firstBytes }, screen, false)).toContain('SSH');
  });

  it('sums up in one line', () => {
    const { connectionId: _, ...folded } = { ...LINE, count: 1234, seconds: 10 };
    expect(withoutStyles(logText(folded, { width: 80, unicode: true }, true))).toMatch(
      /^\S+ {2}\S+ .*1,234 .* 10 s\n$/,
    );
  });
});

it.each([
  [400, '<1 ms'],
  [1500, '2 ms'],
  [999_400, '999 ms'],
  [999_600, '1.0 s'],
  [61_000_000, '61.0 s'],
  [600_000_000, '10 min'],
  [86_400_000_000, '24 h'],
])('%i us in a column: %s', (us, text) => {
  expect(durationColumn(us)).toBe(text);
});

it('a connection to a polled server: accepted, then lost, with the explanation of the first failure of a kind', () => {
  const screen = { width: 80, unicode: true };
  const { ending: _, calls: __, ...line } = { ...LINE, level: 'warn', connection: 2 };
  const accepted = withoutStyles(logText({ ...line, tookUs: 37_000 }, screen, false));
  expect(accepted).toMatch(/^\S+ {2}198\.51\.100\.177 +\S+ +37 ms +#2\n$/);
  const lost = { ...line, outcome: 'poll.closed', wasTaken: true, polledUs: 4_000_000, waitUs: 5_000_000 };
  const first = withoutStyles(logText({ ...lost, times: 1 }, screen, false));
  expect(first).toMatch(/^\S+ .* 4\.0 s +#2 poll\.closed, retry in 5\.0 s\n {10}\S/);
  expect(withoutStyles(logText({ ...lost, times: 2 }, screen, false)).split('\n')).toHaveLength(2);
});

it('a message has a mark, and fits every width', () => {
  for (const width of WIDTHS) {
    const { ending: _, ...message } = LINE;
    const lines = withoutStyles(logText(message, { width, unicode: false }, false)).split('\n');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}! /);
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
  }
});
