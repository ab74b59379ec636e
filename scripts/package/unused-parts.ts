import type { Plugin } from 'esbuild';

/** Parts of libraries that the programs never run, but that the libraries load at their start, with what is put in their place. */
const PARTS: readonly { readonly importer: RegExp; readonly path: RegExp; readonly contents: string }[] = [
  {
    // Histograms are counted in JavaScript: WebAssembly is not switched on.
    importer: /[\\/]hdr-histogram-js[\\/]/,
    path: /^\.{1,2}\/wasm$/,
    contents:
      'exports.WasmHistogram = class {}; exports.webAssemblyAvailable = false; exports.initWebAssembly = exports.initWebAssemblySync = () => {};',
  },
  {
    // Logs of histograms are neither written nor read; the formatter of numbers that it creates for them takes 12 ms.
    importer: /[\\/]hdr-histogram-js[\\/]/,
    path: /^\.\/(?:HistogramLogReader|HistogramLogWriter|Recorder)$/,
    contents: '',
  },
  {
    // It compresses with Node's own zlib, and with pako only in a browser.
    importer: /[\\/]hdr-histogram-js[\\/]/,
    path: /^pako$/,
    contents: '',
  },
];

const NAMESPACE = 'unused-parts';

/** Leaves out what libraries load for environments other than Node.js. */
export const unusedParts: Plugin = {
  name: NAMESPACE,
  setup: (build) => {
    for (const [index, { importer, path }] of PARTS.entries())
      build.onResolve({ filter: path }, (request) =>
        importer.test(request.importer) ? { path: String(index), namespace: NAMESPACE } : undefined,
      );
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
      contents: PARTS[Number(path)]?.contents ?? '',
      loader: 'js',
    }));
  },
};
