/** How .NET begins the message of a read or a write that failed, as patterns. */
export const READ = 'unable to read data from the transport connection: ...';
export const WRITE = 'unable to write data to the transport connection: ...';

/** Wordings of Windows, Linux and old libraries for a read or write that timed out. */
export const TIMED_OUT = [
  'connection timed out',
  'operation timed out',
  'connected party did not properly respond after a period of time',
] as const;
