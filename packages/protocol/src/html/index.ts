/** Reports as self-contained HTML pages: safe markup, charts, the frame of a page, and the explanations of ids. */

export { type Child, fragment, h, type Markup } from './markup.js';
export {
  bulletList,
  type Column,
  facts,
  figures,
  folded,
  part,
  type Row,
  type Section,
  section,
  table,
} from './parts.js';
export { certificateFacts } from './certificate-facts.js';
export { endingsTable, failedConnections, OPEN, verdictOnConnections } from './connections-verdict.js';
export { Glossary } from './glossary.js';
export { HtmlFile } from './html-file.js';
export { markIcon } from './mark-icon.js';
export { clockText, lengthUs, momentText, percentText, runText } from './moments.js';
export { type Page, type PageResult, renderPage } from './page.js';
export { type Path, type PathHop, type PathNode, pathPicture } from './path-picture.js';
export { distributionCharts, stageTable, type StageTimes } from './stage-figures.js';
export { pollReportPage, type ShownPollReport } from './poll-report-page.js';
export { stepsList } from './steps-list.js';
export { valueFacts } from './value-facts.js';
export { type ShownSummary, summaryPage } from './summary-page.js';
export { type ShownVerdict, verdictBlock } from './verdict-block.js';
export { histogramChart, type HistogramStep, overlayChart } from './charts/histogram-chart.js';
export { shareBar } from './charts/share-bar.js';
export { legend } from './charts/svg.js';
export { type TimeBucket, timeChart } from './charts/time-chart.js';
