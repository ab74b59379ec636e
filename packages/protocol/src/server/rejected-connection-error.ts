/** Thrown when the listener itself decides to reject a connection. */
export class RejectedConnectionError extends Error {
  override readonly name = 'RejectedConnectionError';
  readonly code:
    | 'REFUSED_THUMBPRINT'
    | 'REFUSED_NO_CERTIFICATE'
    | 'TOO_MANY_CONNECTIONS'
    | 'TOO_MANY_OF_ADDRESS'
    | 'TOO_MANY_UNIDENTIFIED'
    | 'TOO_MANY_UNIDENTIFIED_OF_ADDRESS'
    | 'TOO_MANY_POLLERS';
  /** The limit that was reached, where the code is about one. */
  readonly limit: number | undefined;

  constructor(code: RejectedConnectionError['code'], limit?: number) {
    super(code);
    this.code = code;
    this.limit = limit;
  }
}
