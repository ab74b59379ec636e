/** Text that a person wrote is not in the required form. The message is one line: the problem, and the required form. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly code = 'INVALID_FORMAT';
}
