import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { command, home } from '../binaries/command.js';
import { httpAnswer, proxyThat } from '../peers/proxies.js';
import { allConnectionsGone } from '../peers/tcp-peer.js';

/* A proxy that repeats the credentials in some encoding: they are in no output. */

afterAll(allConnectionsGone);

const PASSWORD = 'canary&51c2/Pass+word';

const percent = (text: string): string => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');

const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'percent-encoded': encodeURIComponent,
  'each byte percent-encoded': percent,
  'percent-encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'in HTML': (text) => text.replaceAll('&', '&amp;').replaceAll('/', '&#47;'),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64 within more': (text) => Buffer.from(`user octopus:${text}@proxy`).toString('base64'),
  'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
  'in JSON': (text) =>
    Array.from(text)
      .map((one) => `\\u00${one.charCodeAt(0).toString(16)}`)
      .join(''),
};

/** What would show the password, decoded or not. */
function formsIn(output: string): string[] {
  const forms = [...Object.values(ENCODINGS).map((encode) => encode(PASSWORD)), 'canary', 'Pass+word', 'Pass%2'];
  // The encoding within more, without the parts that also depend on what is around it.
  const within = Buffer.from(`user octopus:${PASSWORD}`).toString('base64').slice(20, 40);
  return [...forms, within, percent('canary'), Buffer.from('canary').toString('hex')].filter((form) =>
    output.includes(form),
  );
}

const ECHOES = Object.values(ENCODINGS).map((encode) => encode(PASSWORD));

const PLACES: Readonly<Record<string, string>> = {
  'the reason, headers and the page': httpAnswer(
    `407 Denied for ${ECHOES[1] ?? ''}`,
    ['Content-Type: text/html', ...ECHOES.map((echo, index) => `X-Echo-${index}: ${echo}`)],
    `<title>${ECHOES[5] ?? ''}</title>${ECHOES.map((echo) => `<p>${echo}</p>`).join('')}`,
  ),
  'another protocol': `SSH-2.0 ${ECHOES.join(' ')}\r\n`,
  'what follows an open tunnel': `HTTP/1.1 200 OK\r\n\r\nwelcome ${ECHOES.join(' ')}\r\n`,
};

describe('the password, repeated by a proxy in every encoding', () => {
  it.each(Object.keys(PLACES))('in %s, is in no output', { timeout: 120_000 }, async (place) => {
    const proxy = await proxyThat((socket) => socket.end(PLACES[place] ?? ''));
    const env = { TENTACLE_PROXY_PASSWORD: PASSWORD, no_proxy: '', NO_PROXY: '' };
    const args = ['192.0.2.1:10933', '--proxy', `http://octopus@127.0.0.1:${proxy.port}`];
    const record = join(home, `credentials-${place.replaceAll(/\W/g, '')}.ndjson`);
    const runs = await Promise.all([
      command('ping', [...args, '-c', '1', '--record', record], env).ended,
      command('ping', [...args, '-c', '1', '--json'], env).ended,
      command('ping', ['diagnose', ...args, '--json'], env).ended,
    ]);
    const output = runs.map(({ stdout, stderr }) => stdout + stderr).join('\n');
    expect(output).toContain('***');
    expect(formsIn(`${output}\n${readFileSync(record, 'utf8')}`), output).toEqual([]);
  });
});
