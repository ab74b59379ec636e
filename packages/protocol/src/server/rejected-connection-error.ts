/** Thrown when the listener itself decides to reject a connection. */
export class RejectedConnectionError extends Error {
  override readonly name = 'RejectedConnectionError';
  readonly code: 'REFUSED_THUMBPRINT' | 'REFUSED_NO_CERTIFICATE' | 'TOO_MANY_CONNECTIONS' | 'TOO_MANY_POLLERS';

  constructor(code: RejectedConnectionError['code']) {
    super(code);
    this.code = code;
  }
}
