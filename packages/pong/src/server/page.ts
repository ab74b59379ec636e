import {
  PONG_PAGE_MARK,
  type PageRequest,
  renderConnectionPage,
  renderUntrustedPage,
} from 'tentacle-protocol/diagnostics';

/**
 * pong's page for a browser. With trusted clients, any other one receives the mark by which tentacle-ping identifies pong, and
 * the certificate that arrived: neither the version nor anything else about this host.
 */
export function renderPage(request: PageRequest): string {
  if (!request.isTrusted) return renderUntrustedPage(PONG_PAGE_MARK, request.clientThumbprint);
  return renderConnectionPage(
    { name: PONG_PAGE_MARK, heading: 'tentacle-pong is listening', standsInFor: 'an Octopus Tentacle' },
    request,
  );
}
