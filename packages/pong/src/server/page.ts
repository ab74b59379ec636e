import {
  PONG_PAGE_MARK,
  type PageRequest,
  renderConnectionPage,
  renderUntrustedPage,
} from 'tentacle-protocol/diagnostics';

/**
 * pong's page for a browser. With trusted clients, any other one receives the mark by which tentacle-ping identifies pong, and
 * the certificate that arrived: neither the version nor anything else about this host.
 * @param trusted empty: any client is accepted.
 */
export function renderPage(request: PageRequest, trusted: ReadonlySet<string>): string {
  if (trusted.size > 0 && !trusted.has(request.clientThumbprint ?? ''))
    return renderUntrustedPage(PONG_PAGE_MARK, request.clientThumbprint);
  return renderConnectionPage(
    { name: PONG_PAGE_MARK, heading: 'tentacle-pong is listening', standsInFor: 'an Octopus Tentacle' },
    request,
  );
}
