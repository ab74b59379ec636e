import { describe, expect, it } from 'vitest';
import { findKnownMessage } from './find-known-message.js';
import { describeMessage } from './describe-message.js';
import { endsOfOrigin, mergeOrigins, readOrigin } from './log-origin.js';

const A = '1F0C9A3B5D7E2468ACE013579BDF02468ACE1357';

/** A line, the end that wrote it, and the address that the connection leads to. */
const LINES: readonly (readonly [line: string, origin: object, command: string | RegExp])[] = [
  [
    'https://octo.corp.example:10943/    27  The remote host at https://octo.corp.example:10943/ refused the connection. This may mean that the expected listening service is not running.',
    { product: 'tentacle', mode: 'polling' },
    'octo.corp.example:10943',
  ],
  [
    'https://web01.corp.example:10933/    27  The remote host at https://web01.corp.example:10933/ refused the connection. This may mean that the expected listening service is not running.',
    { product: 'server', mode: 'listening' },
    'web01.corp.example:10933',
  ],
  [
    `listen://[::]:10943/    27  A client at [::ffff:10.0.0.9]:49822 connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '${A}' which is not in the list of thumbprints that we trust`,
    { product: 'server', mode: 'polling' },
    /show-configuration/,
  ],
  [
    `listen://[::]:10933/    27  A client at [::ffff:10.0.0.9]:49822 connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '${A}' which is not in the list of thumbprints that we trust`,
    { product: 'tentacle', mode: 'listening' },
    `configure --trust ${A}`,
  ],
  [
    'No connection could be made because the target machine actively refused it 192.0.2.20:10943',
    { product: 'tentacle', mode: 'polling' },
    '192.0.2.20:10943',
  ],
  [
    'No connection could be made because the target machine actively refused it. [::ffff:192.0.2.20]:10933',
    { product: 'server', mode: 'listening' },
    '192.0.2.20:10933',
  ],
  [
    "https://octopus.example/    14  Halibut client exception: An error occurred when sending a request to 'https://octopus.example/', before the request could begin: Connection refused. Retrying in 5.0 seconds",
    { product: 'tentacle', mode: 'polling' },
    'octopus.example:443',
  ],
  [
    "An error occurred when sending a request to 'poll://w9cs6zpq4d/', before the request could begin: Connection refused",
    { product: 'server', mode: 'polling' },
    '',
  ],
];

describe('the end that wrote a line', () => {
  it.each(LINES)('%s', (line, origin) => {
    expect(readOrigin(line)).toMatchObject(origin);
  });

  it('is the same for a text of Windows in another language, and has the level of a listener', () => {
    expect(
      readOrigin(
        'Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung verweigerte 10.0.0.5:10933',
      ),
    ).toMatchObject({ product: 'server', mode: 'listening' });
    expect(
      readOrigin('2024-03-05 10:15:20.1234   4508     27  INFO  listen://[::]:10933/   27  A client at x'),
    ).toMatchObject({ product: 'tentacle', level: 'info' });
  });

  it('is unknown with ports of a customer and no wording of one end', () => {
    expect(endsOfOrigin(readOrigin('https://web01:12000/  Connection refused'))).toBeUndefined();
    expect(readOrigin('Connection refused')).toEqual({});
  });

  it('follows from two of product, direction and mode, which may be in different texts', () => {
    const direction = readOrigin('listen://[::]:12000/  7  Accepted TCP client: 10.0.0.1:50000');
    expect(direction).toEqual({ carries: 'halibut', direction: 'incoming' });
    expect(mergeOrigins(direction, readOrigin('OctopusTentacle.txt'))).toMatchObject({ mode: 'listening' });
    expect(mergeOrigins(direction, readOrigin('OctopusServer.txt'))).toMatchObject({ mode: 'polling' });
    expect(readOrigin('Tentacle version 8.1.1322 (x) instance Tentacle')).toMatchObject({
      product: 'tentacle',
      tentacleVersion: [8, 1, 1322],
    });
  });
});

describe('the steps follow from the end that wrote the line', () => {
  it.each(LINES.filter(([, , command]) => command !== ''))('%s', (line, _, command) => {
    const found = findKnownMessage(line);
    if (found === undefined) throw new Error('not known');
    const { next } = describeMessage(found.row, { ...found.seen, origin: readOrigin(line) });
    const commands = next.flatMap(({ windows, linux }) => [windows ?? '', linux ?? '']).join('\n');
    if (typeof command === 'string') expect(commands).toContain(command);
    else expect(commands).toMatch(command);
  });
});
