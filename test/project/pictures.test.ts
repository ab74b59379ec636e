import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { describe, expect, it } from 'vitest';
import { command } from '../binaries/command.js';
import { filesBelow, ROOT } from './source-files.js';

const FOLDER = 'docs/pictures';
const names = readdirSync(join(ROOT, FOLDER));
const documents = ['README.md', ...filesBelow('docs', /\.md$/)];

const read = (name: string): string => readFileSync(join(ROOT, FOLDER, name), 'utf8');

/** Pictures that documents show: the text in place of it, and the file. */
const shown = documents.flatMap((document) =>
  [...readFileSync(join(ROOT, document), 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(
    ([, alt = '', path = '']) => ({ alt, name: path.replace(/^.*\//, '') }),
  ),
);

function elementsOf(svg: string): XmlElement[] {
  const inside = (element: XmlElement): XmlElement[] => [
    element,
    ...element.children.flatMap((child) => (child instanceof XmlElement ? inside(child) : [])),
  ];
  const { root } = parseXml(svg);
  return root === null ? [] : inside(root);
}

/** The words of a picture in lines, without their places. */
function linesOf(name: string): string[] {
  const lines = new Map<string, string[]>();
  for (const { name: kind, attributes, text } of elementsOf(read(name)))
    if (kind === 'text') lines.set(attributes['y'] ?? '', [...(lines.get(attributes['y'] ?? '') ?? []), text]);
  return [...lines.values()].map((texts) => words(texts.join(' ')));
}

const words = (line: string): string => line.replaceAll(/\s+/g, ' ').replaceAll(' ,', ',').trim();

/** Without what differs from run to run. */
const fixed = (line: string): string =>
  line.replaceAll(/[\dA-F]{8}\.\.[\dA-F]{4}|\d[\d.]*/g, '#').replaceAll(/# (?:us|ms|s)\b/g, '# s');

const UNICODE = { LC_ALL: 'C.UTF-8' };

/** The output of a run against a pong, as lines. */
async function outputAgainstPong(pongArguments: readonly string[], ...args: string[]): Promise<string[]> {
  const pong = command('pong', [
    '--port',
    '0',
    '--bind',
    '127.0.0.1',
    '--json',
    '--log-level',
    'warn',
    ...pongArguments,
  ]);
  const [, port = ''] = await pong.printed(/"port":(\d+)/);
  const { stdout } = await command('ping', [...args, `localhost:${port}`], UNICODE).ended;
  pong.process.kill('SIGTERM');
  await pong.ended;
  return stdout
    .split('\n')
    .map(words)
    .filter((line) => line !== '');
}

/** Lines are broken at other words where a name is in front of them. */
const NUMBERED_CHARS = 50;

describe('pictures', () => {
  it('are all shown, and described in words', () => {
    expect(new Set(shown.map(({ name }) => name))).toEqual(new Set(names));
    expect(shown.filter(({ alt }) => alt.split(' ').length < 5)).toEqual([]);
  });

  it.each(names)('%s is well-formed, loads nothing, and has a title and a dark form', (name) => {
    const svg = read(name);
    const elements = elementsOf(svg);
    expect(elements.map((element) => element.name)).toContain('title');
    expect(elements.map((element) => element.name)).not.toContain('script');
    const addresses = elements.flatMap(({ attributes }) => attributes['href'] ?? attributes['xlink:href'] ?? []);
    expect(addresses.filter((address) => !address.startsWith('data:image/'))).toEqual([]);
    expect(svg).not.toMatch(/@import|url\(/);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg.length).toBeLessThan(160_000);
  });

  it.each(names)('%s has nothing of the machine that took it', (name) => {
    const svg = read(name).replaceAll(/data:image[^"]*/g, '');
    const words = new Set(svg.split(/[^\w.-]+/));
    expect(words).not.toContain(hostname());
    expect(words).not.toContain(userInfo().username);
    const addresses = svg.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
    expect(addresses.filter((address) => !/^(?:192\.0\.2|127\.0\.0)\./.test(address))).toEqual([]);
  });

  it('show an explanation as it is printed now', async () => {
    const [prompt = '', ...lines] = linesOf('explain.svg');
    const message = /"(.*)"/.exec(prompt)?.[1] ?? '';
    const { stdout } = await command('ping', ['explain', message], UNICODE).ended;
    expect(lines).toEqual(
      stdout
        .split('\n')
        .map(words)
        .filter((line) => line !== ''),
    );
  });

  it('show a run as it is printed now, and its page', async () => {
    const html = join(mkdtempSync(join(tmpdir(), 'tentacle-pictures-')), 'run.html');
    const lines = await outputAgainstPong([], '--count', '10', '--interval', '1ms', '--quiet', '--html', html);
    const picture = new Set(linesOf('ping.svg').map(fixed));
    // Rows of the table and of the histogram differ, and there may be notes.
    const sentences = lines.filter((line) => /^(?:✔|tentacle-pong:|Peer:) /.test(line));
    expect(sentences.length).toBe(3);
    for (const line of [lines[0] ?? '', lines[1] ?? '', ...sentences]) expect(picture).toContain(fixed(line));
    const description = elementsOf(read('report.svg')).find(({ name }) => name === 'desc')?.text ?? '';
    const [, ...headings] = readFileSync(html, 'utf8').match(/(?<=<h2[^>]*>)[^<]+/g) ?? [];
    expect(headings.length).toBeGreaterThan(5);
    for (const heading of headings) expect(description).toContain(heading);
  });

  it('show a diagnosis with the steps and the title that it has now', async () => {
    const lines = await outputAgainstPong(['--trust', 'A'.repeat(40)], 'diagnose');
    const isMain = (line: string): boolean =>
      /^[✔✖] (?:tls|server name|certificate|page|identity|repeat|tentacle-pong)\b/.test(line);
    const main = lines.filter(isMain).map(fixed);
    expect(main.length).toBeGreaterThan(5);
    expect(linesOf('diagnose.svg').filter(isMain).map(fixed)).toEqual(main);
  });

  it('show a failure with the title, causes and steps that it has now', async () => {
    const { stdout } = await command('ping', ['explain', 'tcp.refused'], UNICODE).ended;
    const present = words(stdout);
    const picture = linesOf('failure.svg');
    const title = picture.find((line) => line.startsWith('✖ ')) ?? '';
    expect(present).toContain(title);
    expect(title).toContain('tcp.refused');
    const numbered = picture.filter((line) => /^\d\. /.test(line));
    expect(numbered.length).toBeGreaterThan(3);
    for (const line of numbered) expect(present).toContain(line.slice('1. '.length, NUMBERED_CHARS));
  });
});
