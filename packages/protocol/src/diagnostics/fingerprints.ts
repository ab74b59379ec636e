import type { HttpResponse } from '../http/http-response.js';

/** A vendor of proxies, firewalls, load balancers or web servers, and the marks by which its pages are recognized. */
interface Appliance {
  readonly name: string;
  /** In `Server` or `Via`. */
  readonly software?: RegExp;
  /** A header that only it writes. */
  readonly header?: string;
  /** In the page's title or text, if neither header names it. */
  readonly page?: RegExp;
}

/** Specific before general: a device in front names itself in more places than the server behind it. */
const APPLIANCES: readonly Appliance[] = [
  { name: 'Zscaler', software: /zscaler/i, page: /zscaler/i },
  { name: 'Blue Coat (Symantec ProxySG)', software: /blue ?coat|proxysg/i, page: /blue ?coat|proxysg/i },
  { name: 'Fortinet FortiGate', software: /forti(gate|web|proxy|net)/i, page: /forti(gate|guard|web|proxy|net)/i },
  { name: 'Palo Alto Networks', software: /palo ?alto|pan-?os/i, page: /palo ?alto|web page blocked/i },
  { name: 'Cisco Umbrella', page: /cisco umbrella|opendns/i },
  { name: 'Cisco Secure Web Appliance (IronPort)', software: /ironport|cisco/i, page: /ironport/i },
  { name: 'Forcepoint (Websense)', software: /websense|forcepoint/i, page: /websense|forcepoint/i },
  { name: 'McAfee / Skyhigh Web Gateway', software: /mcafee|mwg|skyhigh/i, page: /mcafee web gateway|skyhigh/i },
  { name: 'Sophos', software: /sophos|astaro/i, page: /sophos/i },
  { name: 'Check Point', software: /check ?point/i, page: /check ?point/i },
  { name: 'SonicWall', software: /sonicwall/i, page: /sonicwall/i },
  { name: 'Barracuda', software: /barracuda/i, page: /barracuda/i },
  { name: 'Imperva Incapsula', header: 'x-iinfo', page: /incapsula/i },
  { name: 'Akamai', software: /akamai/i },
  { name: 'Cloudflare', software: /cloudflare/i, header: 'cf-ray' },
  { name: 'Amazon CloudFront', software: /cloudfront/i, header: 'x-amz-cf-id' },
  { name: 'AWS Elastic Load Balancing', software: /awselb/i },
  { name: 'Azure Application Gateway', software: /azure-application-gateway/i },
  { name: 'Azure Front Door', header: 'x-azure-ref' },
  { name: 'F5 BIG-IP', software: /big-?ip|\bf5\b/i, page: /\bbig-?ip\b|the requested url was rejected/i },
  { name: 'Citrix NetScaler', software: /netscaler|citrix/i, page: /netscaler/i },
  { name: 'Microsoft ISA / Forefront TMG', page: /isa server|forefront tmg/i },
  { name: 'Squid', software: /squid/i, header: 'x-squid-error' },
  { name: 'Windows HTTP.sys', software: /microsoft-httpapi/i },
  { name: 'Microsoft IIS', software: /microsoft-iis/i },
];

/** The vendor of the device or server that responded, identified by its headers and its page. */
export function identifyAppliance({ headers, title = '', text }: HttpResponse): string | undefined {
  const software = `${headers['server'] ?? ''} ${headers['via'] ?? ''}`;
  return APPLIANCES.find(
    (appliance) =>
      appliance.software?.test(software) === true ||
      (appliance.header !== undefined && appliance.header in headers) ||
      appliance.page?.test(`${title} ${text}`) === true,
  )?.name;
}
