import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { serveFolder } from "../file-server.ts";
import { importOutsideFile } from "../outside-text.ts";
import type { OpenRanker } from "../ranker.ts";
import type { RelevanceSet } from "../relevance-set.ts";

interface Builder {
  createIndex(): Promise<{ index?: Index; errors: string[] }>;
  close(): Promise<void>;
}
interface Index {
  addCustomRecord(page: object): Promise<{ errors: string[] }>;
  writeFiles(options: { outputPath: string }): Promise<{ errors: string[] }>;
}
interface Pagefind {
  options(options: object): Promise<void>;
  init(): Promise<void>;
  /** Waits until the index is loaded. */
  filters(): Promise<object>;
  search(query: string): Promise<{ results: { data(): Promise<{ raw_url: string }> }[] }>;
  destroy(): Promise<void>;
}

/** Pagefind's own files, asked in Node in place of a page. It fetches them, and Node fetches over HTTP only. */
export const openPagefind: OpenRanker = async (set) => {
  const folder = await mkdtemp(`${tmpdir()}/pipit-pagefind-`);
  await buildIndex(set, folder);
  const server = await serveFolder(folder);
  const pagefind = (await import(pathToFileURL(`${folder}/pagefind.js`).href)) as Pagefind;
  await pagefind.options({ basePath: server.url, noWorker: true });
  onPageIn(set.language, () => void pagefind.init());
  // `init` returns before the index is fetched. Of a server that is closed in between, Pagefind fails where nobody can catch it.
  await pagefind.filters();
  const rank = async (query: string, k: number) => {
    const { results } = await pagefind.search(query);
    const found = await Promise.all(results.slice(0, k).map((result) => result.data()));
    return found.map(({ raw_url }) => set.documents[Number(raw_url.slice(1))]!.id);
  };
  const close = async () => {
    await pagefind.destroy();
    await server.close();
    await rm(folder, { recursive: true });
  };
  return { name: "pagefind", rank, close };
};

/** Pagefind takes the language of the page that it is on, and cuts queries into words by that. It is read within `init`, at once. */
function onPageIn(language: string, init: () => void): void {
  const root = { getAttribute: () => language };
  Object.assign(globalThis, { document: { querySelector: () => root } });
  init();
  Reflect.deleteProperty(globalThis, "document");
}

async function buildIndex({ documents, language }: RelevanceSet, outputPath: string): Promise<void> {
  const builder = await importOutsideFile<Builder>("pagefind/lib/index.js");
  try {
    const { index, errors } = await builder.createIndex();
    if (!index) throw failed(errors);
    for (const [i, { text, title }] of documents.entries()) {
      const page = { url: `/${i}`, content: text, language, meta: title ? { title } : {} };
      assertDone(await index.addCustomRecord(page));
    }
    assertDone(await index.writeFiles({ outputPath }));
  } finally {
    await builder.close();
  }
}

function assertDone({ errors }: { errors: string[] }): void {
  if (errors.length > 0) throw failed(errors);
}

function failed(errors: readonly string[]): Error {
  return new Error(`got from Pagefind: ${errors.join("; ")}, expected an index. Leave it out by --rivals.`);
}
