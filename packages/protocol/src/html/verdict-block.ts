import type { Verdict } from '../diagnostics/verdict.js';
import { kindOfVerdict } from '../cli/verdict-text.js';
import type { MarkKind } from '../text/screen.js';
import { causesList } from './causes-list.js';
import type { Glossary } from './glossary.js';
import { type Child, h, type Markup } from './markup.js';
import { markIcon } from './mark-icon.js';
import { stepsList } from './steps-list.js';

/** A verdict of any kind of report. */
export type ShownVerdict = Omit<Verdict, 'id' | 'means' | 'certainty'> &
  Partial<Pick<Verdict, 'means' | 'certainty'>> & { readonly id: string };

/** How a verdict is shown. */
export interface VerdictOptions {
  readonly verdict: ShownVerdict;
  readonly glossary: Glossary;
  /** Absent: by the id. */
  readonly kind?: MarkKind | undefined;
  /** Below what was observed. */
  readonly more?: Child;
}

/** The headline, what was observed, the possible causes, and who does what next. */
export function verdictBlock({ verdict, glossary, more, kind = kindOfVerdict(verdict.id) }: VerdictOptions): Markup {
  const { id, title, means, certainty, next } = verdict;
  return h(
    'section',
    { class: `verdict ${kind}` },
    h('h2', {}, kind === 'none' ? undefined : markIcon(kind), h('span', {}, title)),
    kind === 'bad' || kind === 'warning' ? h('p', { class: 'id' }, glossary.link(id)) : undefined,
    means === undefined ? undefined : h('p', {}, means),
    more,
    certainty === undefined ? undefined : causesList(certainty),
    next.length === 0 ? undefined : [h('h3', {}, 'Next steps'), stepsList(next)],
  );
}
