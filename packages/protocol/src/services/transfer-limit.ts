/** The head of every message by which tentacle-pong refuses or cuts a transfer: tentacle-ping recognizes it. */
const HEAD = 'Transfer limit reached: ';

/** Before the message in a download that is cut, where test data would be. */
const MARK = '\n[tentacle-pong] ';

/** As much of a peer's text as tentacle-ping shows. */
const MESSAGE_MAX_CHARS = 200;

/** As many bytes at the end of a download that broke contain the mark, if there is one. */
export const TRANSFER_CUT_MAX_BYTES = 1024;

/** 1 TiB, a day at 100 Mbit/s: a larger request is a mistaken unit. */
export const TRANSFER_MAX_BYTES = 1024 ** 4;

/** @param reason which limit, in ASCII, on one line. */
export function transferLimitMessage(reason: string): string {
  return `${HEAD}${reason}`.slice(0, MESSAGE_MAX_CHARS);
}

/** Whether a service's error says that a transfer was refused or cut because of a limit. */
export function isTransferLimitMessage(message: string): boolean {
  return message.startsWith(HEAD);
}

/** What is sent in place of test data when a download is cut: all that follows an announced length is data. */
export function transferCutMark(message: string): Buffer {
  return Buffer.from(`${MARK}${message}\n`, 'latin1');
}

/** The message of a download that was cut; undefined when its last bytes do not contain a mark. */
export function findTransferCut(lastBytes: Buffer): string | undefined {
  const text = lastBytes.toString('latin1');
  const start = text.lastIndexOf(`${MARK}${HEAD}`);
  const end = text.indexOf('\n', start + 1);
  if (start < 0 || end < 0) return undefined;
  return text.slice(start + MARK.length, end).slice(0, MESSAGE_MAX_CHARS);
}
