import { describe, expect, it } from 'vitest';
import { parseTarget, POLLING_PORT } from './target.js';
import { UsageError } from './usage-error.js';

describe('parseTarget', () => {
  it.each([
    ['web01', 'web01', 10933],
    ['web01:8080', 'web01', 8080],
    ['web01.example.:1', 'web01.example.', 1],
    ['my_host-2.example:65535', 'my_host-2.example', 65535],
    ['192.0.2.1', '192.0.2.1', 10933],
    ['192.0.2.1:10934', '192.0.2.1', 10934],
    ['::1', '::1', 10933],
    ['2001:db8::7', '2001:db8::7', 10933],
    ['[::1]', '::1', 10933],
    ['[::1]:10934', '::1', 10934],
    ['fe80::1%eth0', 'fe80::1%eth0', 10933],
    ['https://web01:10933/', 'web01', 10933],
    ['https://web01:10934', 'web01', 10934],
    ['HTTPS://web01/', 'web01', 10933],
    ['https://[::1]:10934/', '::1', 10934],
    ['bücher.example', 'bücher.example', 10933],
    ['http://web01:10934/', 'web01', 10934],
    ['http://web01', 'web01', 10933],
    ['tcp://web01:1', 'web01', 1],
    ['file.log:10933', 'file.log', 10933],
    ['web01.log.example', 'web01.log.example', 10933],
  ])('%s', (text, host, port) => {
    expect(parseTarget(text)).toEqual({ host, port });
  });

  it.each([
    ['octopus', 'octopus', 10943],
    ['https://octopus:443/', 'octopus', 443],
    ['::1', '::1', 10943],
  ])('%s, with the polling port of a server as default', (text, host, port) => {
    expect(parseTarget(text, POLLING_PORT)).toEqual({ host, port });
    expect(messageOf(() => parseTarget(':', POLLING_PORT))).toContain('host:10943');
  });

  it.each([
    ['web01:0', 'from 1 to 65535'],
    ['web01:70000', 'from 1 to 65535'],
    ['web01:1O933', 'from 1 to 65535'],
    ['web01:', 'from 1 to 65535'],
    ['web01:-1', 'from 1 to 65535'],
    ['', 'host'],
    [':10933', 'host:10933'],
    ['::1:zz', '[::1]:10933'],
    ['[::1', '[::1]:10933'],
    ['[web01]:10933', '[::1]:10933'],
    ['999.1.1.1', 'IPv4'],
    ['1.2.3', 'IPv4'],
    ['-web01', 'host name'],
    ['https://web01:10933/octopus', 'use web01:10933'],
    ['https://me:secret@web01/', 'use host:10933'],
    ['https:///', 'host'],
    ['http://web01:8080/octopus', 'use web01:8080'],
    ['wss://web01:8443/', 'use web01:8443'],
    ['poll://abc/', '--subscription poll://abc/'],
    ['C:\\foo', 'explain FILE'],
    ['c:/logs/x.txt', 'explain FILE'],
    ['\\\\server\\share', 'use server:10933'],
    ['./x', 'path'],
    ['../x', 'path'],
    ['~/x', 'path'],
    ['/etc/hosts', 'path'],
    ['file.log', 'write file.log:10933'],
    ['report.json', 'compare FILE FILE'],
    ['tentacle.pfx', 'tentacle.pfx:10933'],
    ['web01:10933:extra', 'more than one port'],
    ['[::1]x', '[::1]:10933'],
    ['me@web01', 'host:10933'],
    ['me:secret@web01', 'host:10933'],
    ['192.0.2.0/24', '--targets FILE'],
    ['2001:db8::/32', '--targets FILE'],
    ['web01/24', '--targets FILE'],
    ['web*.example', '--targets FILE'],
    ['web01/', 'use web01'],
    ['web01:10934/x', 'use web01:10934'],
    ['web01,web02;web03', 'web01 web02 web03'],
    ['"web01"', 'write web01 '],
    ["'web01'", 'write web01 '],
    ['\u201cweb01\u201d', 'write web01 '],
    ['web 01', 'space'],
    ['10934', 'host:10934'],
    ['\u2013count', 'write --count'],
    ['\u2013c', 'write -c'],
    ['web\u200b01', 'U+200B'],
    ['web01\u00a0', 'U+00A0'],
    ['web01\uff1a10933', 'full-width'],
    ['\uff11\uff10', 'full-width'],
    ['web01:\uff11\uff10', 'full-width'],
  ])('%s is rejected in one line that shows what to use instead', (text, remedy) => {
    expect(() => parseTarget(text)).toThrow(UsageError);
    const message = messageOf(() => parseTarget(text));
    expect(message).toContain(remedy);
    expect(message).not.toMatch(/\n|secret/);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}
