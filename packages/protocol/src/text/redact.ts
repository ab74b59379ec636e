export function redact<T>(document: T): T {
  return document;
}
