import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attributes, type ElementName, fragment, h, Markup } from './markup.js';

describe('markup', () => {
  it('of any text has no character that begins markup or ends an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fragment(text).text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toMatch(/[&<>"']/);
        const { text: element } = h('p', { title: text }, text);
        expect(element).toMatch(/^<p title="[^"<>]*">[^"<>]*<\/p>$/s);
      }),
    );
  });

  it('has ? for characters that act on their display, and for half characters', () => {
    expect(fragment('a\u0000b\u202ec\u200dd\ud800e\u2028f\u001b[31mg').text).toBe('a?b?c?d?e?f?[31mg');
  });

  it('keeps line ends, for blocks of commands', () => {
    expect(h('pre', {}, 'a\nb').text).toBe('<pre>a\nb</pre>');
  });

  it('leaves out undefined, and joins lists', () => {
    expect(fragment(undefined, ['a', [1, h('code', {}, 'b')]]).text).toBe('a1<code>b</code>');
  });

  it('is not made from an object that a file holds', () => {
    const hostile = JSON.parse('{"text":"<script>alert(1)</script>"}') as Markup;
    expect(fragment(hostile).text).not.toContain('<script>');
  });

  it.each(['script', 'style', 'iframe', 'img', 'form', 'object', 'p onclick=x'])('has no element %s', (name) => {
    expect(() => h(name as ElementName, {})).toThrow(TypeError);
  });

  it.each([{ onclick: 'x' }, { style: 'x' }, { src: 'x' }, { 'x" onclick="y': 'z' }])(
    'has no attribute %j',
    (attributes) => {
      expect(() => h('p', attributes as Attributes)).toThrow(TypeError);
    },
  );

  it.each(['#a', 'probes/17', './', 'config', '?target=a%3A1&module=b', 'probe?target=%2F%2Fx&debug=true'])(
    'has a link to %j',
    (href) => {
      expect(h('a', { href }).text).toContain('href="');
    },
  );

  it.each([
    'https://example.com',
    'javascript:alert(1)',
    '//x',
    'file.html',
    '#a b',
    '',
    '?a=//x',
    'probe?a=<b>',
    '../',
  ])('has no link to %j', (href) => {
    expect(() => h('a', { href })).toThrow(TypeError);
  });
});
