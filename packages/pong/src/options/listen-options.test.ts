import { parseArguments, UsageError } from 'tentacle-protocol/cli';
import { expect, test } from 'vitest';
import { PONG } from './definition.js';
import { type ListenOptions, parseListenOptions } from './listen-options.js';

async function plan(...argv: string[]): Promise<ListenOptions> {
  const command = await parseArguments(PONG, argv);
  if (command.kind !== 'run') throw new Error(command.text);
  return parseListenOptions(command.positionals, command.options);
}

const THUMBPRINT = '0123456789ABCDEF0123456789ABCDEF01234567';

test('without options', async () => {
  expect(await plan()).toEqual({
    recordMaxBytes: 1024 ** 3,
    port: 10933,
    trust: [],
    logLevel: 'info',
    logFormat: 'auto',
    verbose: false,
    json: false,
    tlsMin: 'TLSv1.2',
    limits: {},
    transferLimits: {},
  });
});

test.each<[string[], Partial<ListenOptions>]>([
  [['--port', '0'], { port: 0 }],
  [['-p', '65535'], { port: 65535 }],
  [['--bind', '127.0.0.1'], { bind: '127.0.0.1' }],
  [['--bind', '[::1]'], { bind: '::1' }],
  [['--bind', 'fe80::1%eth0'], { bind: 'fe80::1%eth0' }],
  [['--trust', THUMBPRINT.toLowerCase(), '--trust', THUMBPRINT], { trust: [THUMBPRINT] }],
  [['--trust', THUMBPRINT.replaceAll(/(..)(?=.)/g, '$1:')], { trust: [THUMBPRINT] }],
  [['--deadline', '10m'], { deadlineUs: 600_000_000 }],
  [['--log-level', 'silent', '--json'], { logLevel: 'silent', json: true }],
  [['--pfx', 'a.pfx', '--passphrase-file', 'b'], { pfxFile: 'a.pfx', passphraseFile: 'b' }],
  [['--cert', 'a.pem', '--key', 'b.pem'], { certFile: 'a.pem', keyFile: 'b.pem' }],
  [
    ['--max-connections', '100', '--max-connections-per-address', '20', '--max-unidentified', '30'],
    { limits: { connectionsMax: 100, connectionsPerAddressMax: 20, unidentifiedMax: 30 } },
  ],
  [
    ['--max-unidentified-per-address', '4', '--identity-timeout', '5m', '--first-call-timeout', '500ms'],
    { limits: { unidentifiedPerAddressMax: 4, identityMs: 300_000, firstCallMs: 500 } },
  ],
])('%j', async (argv, expected) => {
  expect(await plan(...argv)).toMatchObject(expected);
});

test.each<[string[], string[]]>([
  [
    ['--port', '70000'],
    ['--port', '"70000"', 'from 0 to 65535'],
  ],
  [
    ['--port', '-1'],
    ['--port', '"-1"'],
  ],
  [
    ['--port', '10O'],
    ['--port', '"10O"'],
  ],
  [['--port', ''], ['--port']],
  [
    ['--port', '1', '--port', '2'],
    ['--port', '2 times'],
  ],
  [
    ['--bind', 'localhost'],
    ['--bind', '"localhost"', '127.0.0.1'],
  ],
  [
    ['--bind', '127.0.0.1:10933'],
    ['--bind', '"127.0.0.1:10933"'],
  ],
  [
    ['--trust', 'abc'],
    ['--trust', '"abc"', '3 digits', 'SHA-1'],
  ],
  [['--trust'], ['--trust']],
  [
    ['--deadline', '0'],
    ['--deadline', '10m'],
  ],
  [
    ['--deadline', '10 parsecs'],
    ['--deadline', '"10 parsecs"'],
  ],
  [
    ['--log-level', 'loud'],
    ['--log-level', '"loud"', 'trace, debug'],
  ],
  [
    ['--max-connections', '0'],
    ['--max-connections', '"0"', 'from 1 to'],
  ],
  [
    ['--max-unidentified', 'many'],
    ['--max-unidentified', '"many"'],
  ],
  [
    ['--identity-timeout', '0'],
    ['--identity-timeout', '60s'],
  ],
  [['--nonsense'], ['--nonsense', '--help']],
  [
    ['--prot', '1'],
    ['--prot', '--port'],
  ],
  [['10933'], ['"10933"', '--port']],
])('%j is rejected in one line', async (argv, parts) => {
  const error: unknown = await plan(...argv).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  for (const part of parts) expect((error as UsageError).message).toContain(part);
  expect((error as UsageError).message).not.toContain('\n');
});

test('the options are frozen', async () => {
  const made = await plan('--trust', THUMBPRINT);
  expect(Object.isFrozen(made) && Object.isFrozen(made.trust)).toBe(true);
});
