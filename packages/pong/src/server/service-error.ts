/** Returned to the caller as the service's own exception. */
export class ServiceError extends Error {}

/** A transfer was refused, or is cut, because of a limit. */
export class TransferLimitError extends ServiceError {}
