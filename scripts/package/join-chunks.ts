/** A part of a program, as CommonJS. */
export interface Chunk {
  /** Its file's name without extension: `measure-4ZGJYW4M`. */
  readonly id: string;
  readonly code: string;
  /** The source map of the code (JSON). */
  readonly map: string;
  /** The names that it exports. */
  readonly names: readonly string[];
}

/** Chunks in one file. */
export interface ChunkFile {
  readonly name: string;
  readonly text: string;
  /** The source map (JSON). */
  readonly map: string;
}

/**
 * The functions by which chunks load each other. `load` runs a chunk when it is first needed. `later` returns an object
 * with its names, and runs it when the first of them is used; from then on they are the chunk's own, which costs nothing.
 */
const RUNTIME = `
const loaded = {}, promised = {};
function load(id) {
  let module = loaded[id];
  if (module === undefined) {
    if (chunks[id] === undefined) Object.assign(chunks, require('./' + files[id]));
    module = loaded[id] = { exports: {} };
    chunks[id](module, module.exports, load, later);
  }
  return module.exports;
}
function later(id) {
  let exports = promised[id];
  if (exports === undefined) {
    exports = promised[id] = {};
    const run = () => Object.defineProperties(exports, Object.getOwnPropertyDescriptors(load(id)));
    for (const name of names[id]) Object.defineProperty(exports, name, { configurable: true, get: () => run()[name] });
  }
  return exports;
}
`;

const BOUND_IMPORT = /=require\("\.{1,2}\/(?:chunks\/)?([\w.-]+)\.js"\)/g;
const IMPORT = /\brequire\("\.{1,2}\/(?:chunks\/)?([\w.-]+)\.js"\)/g;

/** A file of chunks that the file of the entry loads. */
export function joinChunks(name: string, chunks: readonly Chunk[]): ChunkFile {
  return join(name, '"use strict";module.exports={\n', chunks, '};\n');
}

/**
 * The file to start, with the chunks that every start needs.
 * @param others the files of all other chunks, by the chunks' ids.
 */
export function joinEntry(
  name: string,
  entry: string,
  chunks: readonly Chunk[],
  others: readonly { readonly file: string; readonly chunks: readonly Chunk[] }[],
): ChunkFile {
  const all = [...chunks, ...others.flatMap((other) => other.chunks)];
  const names = Object.fromEntries(all.map((chunk) => [chunk.id, chunk.names]));
  const files = Object.fromEntries(others.flatMap(({ file, chunks: its }) => its.map(({ id }) => [id, file])));
  const head = `#!/usr/bin/env node\n"use strict";const names=${JSON.stringify(names)},files=${JSON.stringify(files)};\nconst chunks={\n`;
  return join(name, head, chunks, `};${RUNTIME.replaceAll(/\s*\n\s*/g, '\n')}load(${JSON.stringify(entry)});\n`);
}

/** Each chunk is a function, which is compiled when it is called. */
function join(name: string, head: string, chunks: readonly Chunk[], tail: string): ChunkFile {
  let text = head;
  const sections: object[] = [];
  for (const { id, code, map } of chunks) {
    text += `${JSON.stringify(id)}:function(module,exports,load,later){\n`;
    sections.push({ offset: { line: text.split('\n').length - 1, column: 0 }, map: JSON.parse(map) as object });
    text += `${linked(code)}\n},\n`;
  }
  return { name, text: text + tail, map: JSON.stringify({ version: 3, file: name, sections }) };
}

/** The code with its imports of other chunks, which are loaded when they are used. */
function linked(code: string): string {
  return code
    .trimEnd()
    .replaceAll(BOUND_IMPORT, (_, id: string) => `=later(${JSON.stringify(id)})`)
    .replaceAll(IMPORT, (_, id: string) => `load(${JSON.stringify(id)})`);
}
