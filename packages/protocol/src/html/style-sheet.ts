/** The look of every page: system fonts, light and dark by the reader's preference, from phones to A4 paper. */
export const STYLE_SHEET = `
:root {
  color-scheme: light dark;
  --page: #fff; --panel: #f6f7f9; --text: #1c2127; --muted: #555e68; --line: #d5dae0; --soft: #e9edf1;
  --good: #116b34; --warning: #855500; --bad: #b3221c; --unknown: #555e68; --link: #0b57c4;
  --bad-soft: #f9d9d6; --band: #c9dcf7; --series: #1f6fd6; --series-2: #b4540a;
  --dns: #7a52c7; --tcp: #1f6fd6; --proxy: #8a6d00; --tls: #1b7f4b; --identity: #b8357f; --rpc: #0b7c8e; --data: #b4540a; --other: #737d88;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --panel: #171c23; --text: #e4e9ee; --muted: #a2adb8; --line: #343c46; --soft: #232a33;
    --good: #56cf84; --warning: #e6b450; --bad: #ff8a80; --unknown: #a2adb8; --link: #86b7ff;
    --bad-soft: #4a2020; --band: #1f3a5f; --series: #6aa5f7; --series-2: #f0a05a;
    --dns: #b397f5; --tcp: #6aa5f7; --proxy: #d6b84a; --tls: #56cf84; --identity: #f08bc0; --rpc: #4fc3d4; --data: #f0a05a; --other: #8b96a1;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; overflow-wrap: break-word; }
code, pre, .mono { font-family: ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: .9em; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, button:focus-visible, [tabindex]:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
main { padding-bottom: 3rem; }
footer { padding-top: 1rem; padding-bottom: 2rem; border-top: 1px solid var(--line); color: var(--muted); font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .1rem 0 .25rem; font-weight: 650; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2.75rem 0 .75rem; font-weight: 650; }
h3 { font-size: 1rem; line-height: 1.4; margin: 1.5rem 0 .4rem; font-weight: 650; }
h4 { font-size: .9rem; margin: 1rem 0 .3rem; font-weight: 650; }
p { margin: .4rem 0; max-width: 52rem; }
.kicker, .note, .muted, caption { color: var(--muted); }
.kicker, .note, caption { font-size: .875rem; }
.kicker { margin: 0; }
h3 .note, th .muted { font-weight: 400; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 1rem 0 0; padding: 0; font-size: .875rem; }
nav li { margin: 0; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.good { color: var(--good); } .warning { color: var(--warning); } .bad { color: var(--bad); } .unknown, .none { color: var(--unknown); }
.mark { display: inline-block; vertical-align: -.14em; width: 1em; height: 1em; flex: none; }
.mark path { fill: none; stroke: currentColor; stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.verdict { border: 1px solid var(--line); border-left: .4rem solid currentColor; border-radius: .4rem; background: var(--panel); padding: 1.1rem 1.4rem 1.2rem; margin: 1.25rem 0 0; }
.verdict > * { color: var(--text); }
.verdict h2 { display: flex; align-items: baseline; gap: .6rem; margin: 0 0 .35rem; font-size: 1.3rem; }
.verdict h2 .mark { align-self: center; }
.verdict h3 { margin-top: 1.1rem; }
.verdict .id { color: var(--muted); font-size: .875rem; }
ol.results { margin-top: 1.5rem; }
ol, ul { margin: .4rem 0; padding-left: 1.4rem; }
li { margin: .25rem 0; max-width: 52rem; }
.steps { padding-left: 1.4rem; }
.steps > li { margin: .7rem 0; }
.who, .label { font-weight: 650; }
.label { margin-top: .9rem; }
.command { display: flex; align-items: flex-start; flex-wrap: wrap; gap: .15rem .75rem; margin: .3rem 0; max-width: 50rem; }
.command .shell { flex: 0 0 5.6rem; color: var(--muted); font-size: .8rem; padding-top: .42rem; }
.command pre { flex: 1 1 16rem; min-width: 0; margin: 0; }
pre { background: var(--soft); border-radius: .3rem; padding: .4rem .7rem; margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; }
.command code { user-select: all; font-size: inherit; }
button { font: inherit; font-size: .8rem; color: var(--text); background: var(--page); border: 1px solid var(--line); border-radius: .3rem; padding: .25rem .65rem; cursor: pointer; min-height: 24px; }
button:hover { border-color: var(--muted); }
button[aria-pressed="true"] { background: var(--soft); border-color: var(--muted); font-weight: 650; }
.filter { display: flex; flex-wrap: wrap; gap: .4rem; margin: .5rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.6rem, 1fr)); gap: 1px; margin: 1rem 0 0; border: 1px solid var(--line); border-radius: .4rem; overflow: hidden; }
.figures > div { box-shadow: 0 0 0 1px var(--line); padding: .65rem .9rem; }
.figures dt { color: var(--muted); font-size: .8rem; }
.figures dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
.figures dd small { font-size: .8rem; font-weight: 400; color: var(--muted); }
.facts { display: grid; grid-template-columns: minmax(8rem, 13rem) 1fr; gap: .3rem 1.25rem; margin: .5rem 0; }
.facts .facts { grid-template-columns: minmax(5rem, auto) 1fr; justify-content: start; margin: 0; }
.facts dd > ul { margin: 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.path { list-style: none; display: flex; padding: 0; margin: 1rem 0; align-items: stretch; }
.path > li { margin: 0; }
.path .node { flex: 1 1 6.5rem; min-width: 0; border: 1.5px solid var(--line); border-radius: .4rem; padding: .55rem .6rem; font-size: .8125rem; line-height: 1.4; }
.path .node strong { display: block; }
.path .node.bad { border-color: var(--bad); border-width: 2px; } .path .node.warning { border-color: var(--warning); }
.path .node > * { color: var(--text); } .path .node .muted { color: var(--muted); }
.path .node span { display: block; overflow-wrap: anywhere; }
.path .node .mark { display: inline-block; }
.path .hop { flex: 0 0 auto; max-width: 9rem; min-width: 1.6rem; display: flex; flex-direction: column; justify-content: center; padding: .4rem .3rem; font-size: .78rem; position: relative; }
.path .hop::before { content: ""; position: absolute; left: 0; right: 0; top: 50%; border-top: 2px solid var(--line); }
.path .hop.bad::before { border-top: 2px dashed var(--bad); }
.path .hop ul { list-style: none; padding: .2rem .3rem; margin: 0; background: var(--page); position: relative; color: var(--text); }
.path .hop li { margin: 0; }
.path .hop li.bad { color: var(--bad); font-weight: 650; }
@media (max-width: 46rem) {
  .path { flex-direction: column; }
  .path .node { flex: none; }
  .path .hop { max-width: none; padding: .35rem 0 .35rem 1.6rem; }
  .path .hop::before { left: .9rem; right: auto; top: 0; bottom: 0; border-top: 0; border-left: 2px solid var(--line); }
  .path .hop.bad::before { border-top: 0; border-left: 2px dashed var(--bad); }
  .path .hop ul { display: flex; flex-wrap: wrap; gap: 0 .9rem; min-height: 1rem; }
}
.scroll { overflow-x: auto; position: relative; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; margin: .5rem 0; min-width: 50%; }
caption { text-align: left; padding-bottom: .3rem; }
caption span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 2.5rem); }
th, td { text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--soft); vertical-align: top; }
th { font-weight: 600; }
thead th { color: var(--muted); border-bottom-color: var(--line); white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.nowrap, th.nowrap { white-space: nowrap; }
tbody th { font-weight: 400; }
tr.total > * { border-top: 1px solid var(--line); font-weight: 600; }
td.bar { min-width: 10rem; width: 40%; padding: .55rem 1rem .3rem 0; }
td.bar svg { display: block; width: 100%; height: .8rem; }
.swatch { display: inline-block; width: .7rem; height: .7rem; border-radius: .15rem; margin-right: .45rem; vertical-align: -.03rem; }
.attempts table { font-size: .8rem; min-width: 100%; }
.attempts td, .attempts th { padding: .12rem .8rem .12rem 0; white-space: nowrap; }
.chart { overflow-x: auto; margin: .5rem 0; }
.chart svg { display: block; width: 100%; min-width: 40rem; max-width: 60rem; height: auto; }
.small-charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1.25rem 2rem; }
.small-charts .chart svg { min-width: 0; max-width: 24rem; }
.small-charts h3 { margin: 0; }
svg text { fill: var(--muted); font-size: 12px; font-family: inherit; font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--soft); } svg .axis { stroke: var(--line); }
svg .band { fill: var(--band); } svg .line { fill: none; stroke: var(--series); stroke-width: 1.5; stroke-linejoin: round; }
svg .points { fill: none; stroke: var(--series); stroke-width: 4; stroke-linecap: round; }
svg .outage { fill: var(--bad-soft); } svg .failed { fill: var(--bad); } svg .crosses { fill: none; stroke: var(--bad); stroke-width: 2; stroke-linecap: round; }
svg .bars { fill: var(--series); } svg .second { fill: none; stroke: var(--series-2); stroke-width: 2; } svg .first { fill: var(--band); stroke: var(--series); stroke-width: 1.5; }
svg .quantile { stroke: var(--muted); stroke-dasharray: 3 3; } svg .strong { fill: var(--text); }
svg .track { fill: var(--soft); }
svg .series-1 { fill: var(--series); } svg .series-2 { fill: var(--series-2); }
svg .s-dns { fill: var(--dns); } svg .s-tcp { fill: var(--tcp); } svg .s-proxy { fill: var(--proxy); } svg .s-tls { fill: var(--tls); } svg .s-identity { fill: var(--identity); } svg .s-rpc { fill: var(--rpc); } svg .s-data, svg .s-upload, svg .s-download { fill: var(--data); } svg .s-other { fill: var(--other); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; margin: .4rem 0; font-size: .875rem; color: var(--muted); }
.legend li { margin: 0; }
.legend svg { width: .8rem; height: .8rem; margin-right: .4rem; vertical-align: -.05rem; }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); width: fit-content; max-width: 100%; }
.entry { border-top: 1px solid var(--line); padding: .25rem 0 .9rem; }
.entry h3 { margin: .8rem 0 .2rem; }
.entry h3 code { font-weight: 400; color: var(--muted); margin-left: .4rem; }
.entry p, .entry li { font-size: .925rem; }
.run { border-top: 3px solid var(--line); margin-top: 3.5rem; padding-top: .5rem; }
.run > h2 { margin-top: 1rem; font-size: 1.4rem; }
@media (max-width: 34rem) {
  body { font-size: 15px; }
  header, main, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.25rem; }
  .verdict { padding: .9rem 1rem; }
  .verdict h2 { font-size: 1.15rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .5rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .command .shell { flex-basis: 100%; padding: 0; }
  th .muted { display: block; white-space: normal; min-width: 6rem; font-size: .8rem; line-height: 1.3; }
  tbody th:not(.number, .nowrap) { min-width: 8rem; }
  td.bar { min-width: 5rem; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  body { font-size: 10pt; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; }
  nav, button, .filter, .attempts { display: none; }
  a { color: inherit; text-decoration: none; }
  h2, h3, h4, caption { break-after: avoid; }
  .verdict, .figures, .path, .chart, tr, .entry > h3, .command { break-inside: avoid; }
  .scroll, .chart { overflow: visible; }
  .chart svg { min-width: 0; }
  table { font-size: 8.5pt; }
  .verdict, pre, .outage, .band, .bars, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
