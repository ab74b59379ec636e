import type { Diagnosis } from '../diagnostics/failure-definition.js';
import { fragment, h, type Markup } from './markup.js';
import { bulletList } from './parts.js';

/** The causes that remain and how to tell them apart, or what would make the only one wrong. */
export function causesList(certainty: Diagnosis): Markup {
  switch (certainty.kind) {
    case 'ambiguous':
      return fragment(
        h('p', { class: 'label' }, 'Possible causes'),
        bulletList(certainty.causes),
        h('p', {}, h('strong', {}, 'How to tell: '), certainty.howToTell),
      );
    case 'conclusive':
      return certainty.unless === undefined ? fragment() : h('p', {}, `This is certain, unless ${certainty.unless}.`);
    case 'unknown':
      return fragment();
  }
}
