/**
 * The script of a page. It adds buttons that copy commands, and a filter to a list of attempts; without it, the page has
 * all of its content. `TreeWalker`s and templates are not needed: it creates few elements.
 */
export const SCRIPT = `(() => {
  'use strict';
  const button = (text, onClick) => {
    const one = document.createElement('button');
    one.type = 'button';
    one.textContent = text;
    one.addEventListener('click', () => onClick(one));
    return one;
  };
  for (const block of document.querySelectorAll('.command')) {
    const code = block.querySelector('code');
    if (code === null || navigator.clipboard === undefined) continue;
    const copy = button('Copy', async (one) => {
      try {
        await navigator.clipboard.writeText(code.textContent);
        one.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(code);
        one.textContent = 'Selected';
      }
      setTimeout(() => (one.textContent = 'Copy'), 2000);
    });
    block.append(copy);
  }
  for (const list of document.querySelectorAll('.attempts')) {
    const rows = [...list.querySelectorAll('tbody tr')];
    const outcomes = [...new Set(rows.map((row) => row.dataset.outcome))];
    if (outcomes.length < 2) continue;
    const bar = document.createElement('div');
    bar.className = 'filter';
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', 'Show attempts');
    const show = (wanted, pressed) => {
      for (const row of rows) row.hidden = wanted !== undefined && row.dataset.outcome !== wanted;
      for (const one of bar.children) one.setAttribute('aria-pressed', String(one === pressed));
    };
    const all = button('all', (one) => show(undefined, one));
    bar.append(all, ...outcomes.map((outcome) => button(outcome, (one) => show(outcome, one))));
    show(undefined, all);
    list.prepend(bar);
  }
  const open = () => {
    for (const one of document.querySelectorAll('details')) one.open = true;
  };
  addEventListener('beforeprint', open);
})();`;
