import { catalogue } from '../diagnostics/catalogue.js';
import { findings } from '../diagnostics/checks/findings.js';
import { describeFailure } from '../diagnostics/describe-failure.js';
import { endings } from '../diagnostics/endings.js';
import type { Diagnosis } from '../diagnostics/failure-definition.js';
import { causesList } from './causes-list.js';
import { type Child, h, type Markup } from './markup.js';
import { bulletList, folded, type Section, section } from './parts.js';
import { stepsList } from './steps-list.js';

/** The ids that a page uses, each of which it explains at its end: nothing outside the file is needed. */
export class Glossary {
  readonly #entries = new Map<string, Markup>();

  /** The id of a failure, finding or ending, which leads to its explanation; without a link where there is none. */
  link(id: string): Markup {
    // Failures and endings have ids in common.
    const isEnding = !catalogue.some((row) => row.id === id) && endings.some((ending) => ending.id === id);
    if (isEnding) return this.endingLink(id);
    return this.#link(id, `id-${id}`, () => failureEntry(id) ?? findingEntry(id));
  }

  /** The id of an ending, by which a listener describes a connection. */
  endingLink(id: string): Markup {
    return this.#link(id, `ending-${id}`, () => endingEntry(id));
  }

  #link(id: string, key: string, find: () => Entry | undefined): Markup {
    // Ids of the catalogue have letters, digits, dots and dashes.
    const anchor = key.replaceAll('.', '-');
    if (!this.#entries.has(key)) {
      const entry = find();
      if (entry === undefined) return h('code', {}, id);
      this.#entries.set(key, entry(anchor));
    }
    return h('a', { href: `#${anchor}` }, h('code', {}, id));
  }

  /** The explanations of all ids that were linked. */
  section(): Section | undefined {
    const entries = [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1));
    if (entries.length === 0) return undefined;
    return section(
      { id: 'glossary', title: 'What the ids mean' },
      h(
        'p',
        { class: 'note' },
        'From the documentation, with the names and numbers of an example: tentacle.example and 192.0.2.10 are not part of this run.',
      ),
      entries.map(([, entry]) => entry),
    );
  }
}

type Entry = (anchor: string) => Markup;

function failureEntry(id: string): Entry | undefined {
  const row = catalogue.find((one) => one.id === id);
  if (row === undefined) return undefined;
  const { title, explanation, diagnosis, remediation } = describeFailure(row.id, row.example);
  const { octopusLogMessages: messages, octopusRetries } = row;
  return titled(
    id,
    title,
    h('p', {}, explanation),
    causesList(diagnosis),
    h('p', {}, `${certaintyText(diagnosis)} Octopus ${octopusRetries ? 'retries' : 'does not retry'} after it.`),
    messages.length === 0
      ? undefined
      : [h('p', {}, 'Octopus Server or Tentacle log:'), bulletList(messages.map((text) => h('code', {}, text)))],
    folded('Steps', stepsList(remediation)),
  );
}

function certaintyText({ kind }: Diagnosis): string {
  if (kind === 'conclusive') return 'The cause is certain.';
  return kind === 'unknown' ? 'The cause is unknown.' : 'Several causes are possible.';
}

function findingEntry(id: string): Entry | undefined {
  const finding = findings.find((one) => one.id === id);
  if (finding === undefined) return undefined;
  const { title, means, next } = finding.example;
  return titled(id, title, means === undefined ? undefined : h('p', {}, means), folded('Steps', stepsList(next)));
}

function endingEntry(id: string): Entry | undefined {
  const ending = endings.find((one) => one.id === id);
  if (ending === undefined) return undefined;
  return titled(id, ending.title, h('p', {}, ending.means(ending.example)));
}

function titled(id: string, title: string, ...content: readonly Child[]): Entry {
  return (anchor) => h('div', { class: 'entry', id: anchor }, h('h3', {}, title, ' ', h('code', {}, id)), content);
}
