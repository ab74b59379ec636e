import type { Deadline } from '../time/clock.js';
import type { ReadRequest, ByteReader } from './byte-reader.js';
import { type Channel, startWrite } from './channel.js';
import { WireError } from './wire-error.js';

/** The one-word lines that control which end sends next. */
export type Control = 'NEXT' | 'PROCEED' | 'END';

/** Control words are short; a longer line is another protocol, and its head is evidence. */
const CONTROL_LINE_MAX_BYTES = 1024;

/** Real peers skip blank lines before a control word. A peer that sends nothing else must not hold the connection forever. */
const BLANK_LINES_MAX = 64;

/** The control words as they are sent. Always with CRLF: newer services hang on a bare line feed. */
const LINES: Readonly<Record<Control, Buffer>> = {
  NEXT: Buffer.from('NEXT\r\n'),
  PROCEED: Buffer.from('PROCEED\r\n'),
  END: Buffer.from('END\r\n'),
};

const CONTROLS = ['NEXT', 'PROCEED', 'END'] as const;
const LONGEST_LINE_BYTES = LINES.PROCEED.length;

/** As {@link writeControl}, for a sender that goes on to read the answer: see {@link startWrite}. */
export function startControl(channel: Channel, control: Control, deadline: Deadline): Promise<void> {
  return startWrite(channel, LINES[control], deadline);
}

export async function writeControl(channel: Channel, control: Control, deadline: Deadline): Promise<void> {
  return channel.write(LINES[control], deadline);
}

/**
 * Reads the next line of a control message, without its CRLF.
 * @throws WireError MALFORMED for a carriage return or a line feed alone; TOO_LONG, END_OF_STREAM, READ_TIMEOUT.
 */
export async function readControlLine(source: ByteReader, readRequest: ReadRequest, maxBytes: number): Promise<string> {
  const bytes = await source.readLine(readRequest, maxBytes);
  const line = bytes.subarray(0, -2);
  const stray = line.indexOf(0x0d);
  if (bytes.at(-2) !== 0x0d || stray >= 0) {
    const at = stray >= 0 ? stray : bytes.length - 1;
    throw new WireError('MALFORMED', readRequest.purpose, `line end that is not CRLF at byte ${at}`, bytes);
  }
  return line.toString('utf8');
}

/**
 * Reads the next control word and skips blank lines before it; undefined if the peer ended its stream before a first byte.
 * @throws WireError UNEXPECTED_CONTROL for any other line; MALFORMED, TOO_LONG, END_OF_STREAM inside a line, READ_TIMEOUT.
 */
export async function readControl(source: ByteReader, readRequest: ReadRequest): Promise<Control | undefined> {
  if (!(await source.waitForBytes(readRequest))) return undefined;
  return arrivedControl(source) ?? readControlAfterBlanks(source, readRequest);
}

/** The usual case: one control word has arrived, complete and alone. Anything else is left to be read. */
function arrivedControl(source: ByteReader): Control | undefined {
  const bytes = source.takeArrived(LONGEST_LINE_BYTES);
  if (bytes === undefined) return undefined;
  const control = CONTROLS.find((one) => bytes.equals(LINES[one]));
  if (control === undefined) source.unread(bytes);
  return control;
}

async function readControlAfterBlanks(source: ByteReader, readRequest: ReadRequest): Promise<Control | undefined> {
  for (let blanks = 0; blanks <= BLANK_LINES_MAX; blanks++) {
    let line: string;
    try {
      line = await readControlLine(source, readRequest, CONTROL_LINE_MAX_BYTES);
    } catch (error) {
      if (error instanceof WireError && error.code === 'END_OF_STREAM' && error.receivedBytes === 0) return undefined;
      throw error;
    }
    if (line === 'NEXT' || line === 'PROCEED' || line === 'END') return line;
    if (line !== '') throw unexpectedControl(readRequest, line);
  }
  throw new WireError('MALFORMED', readRequest.purpose, `more than ${BLANK_LINES_MAX} blank lines`);
}

export function unexpectedControl(readRequest: ReadRequest, got: string): WireError {
  return new WireError('UNEXPECTED_CONTROL', readRequest.purpose, `got ${JSON.stringify(got)}`, Buffer.from(got));
}
