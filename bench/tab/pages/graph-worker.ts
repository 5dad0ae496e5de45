import type { Neighbors } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { type ByteReader, blobReader, type HnswIndex } from "@pipit/wasm";
import { loadHnswIndex } from "@pipit/wasm/web";
import { type Clusters, clusteredChunks } from "../../clustered-chunks.ts";

/** The jobs of the page's worker. It does one at a time and answers each. */
export type Job =
  | { readonly do: "store"; readonly url: string; readonly name: string }
  | { readonly do: "open"; readonly name: string; readonly dimensions: number; readonly through: Way }
  | { readonly do: "build"; readonly set: Clusters; readonly threads: number }
  | { readonly do: "search"; readonly queries: Float32Array; readonly k: number; readonly ef: number };

/** The way to read the file: with an access handle, exclusively and in place, or as a blob, through the browser's process for files. */
export type Way = "handle" | "blob";

export interface Opening {
  readonly through: Way;
  readonly milliseconds: number;
  /** The part of it that is spent in reads of the file; the rest is checksums, the soundness check and the map of rows. */
  readonly reading: number;
  readonly count: number;
  /** The memory that the index takes. */
  readonly bytes: number;
}

export interface Building {
  /** The time of the `add` calls alone, of 10,000 vectors each. */
  readonly milliseconds: number;
  /** The number of threads that the index got. */
  readonly threads: number;
}

export interface Searches {
  /** One time per query. */
  readonly milliseconds: readonly number[];
  readonly rows: readonly Uint32Array[];
}

/** The platform's type, which is missing in the types of pages. */
interface FileAccess {
  getSize(): number;
  read(into: Uint8Array, from: { at: number }): number;
  write(bytes: Uint8Array): number;
  flush(): void;
  close(): void;
}

let index: HnswIndex | undefined;

self.onmessage = async ({ data }: MessageEvent<Job>) => self.postMessage(await perform(data));

function perform(job: Job): Promise<Opening | Building | Searches | undefined> {
  if (job.do === "store") return store(job);
  if (job.do === "build") return build(job);
  return job.do === "open" ? open(job) : search(job);
}

async function fileOf(name: string) {
  const folder = await navigator.storage.getDirectory();
  const file = await folder.getFileHandle(name, { create: true });
  return file as typeof file & { createSyncAccessHandle(): Promise<FileAccess> };
}

/** A reader of the file, and the function that closes it. */
async function reach(name: string, through: Way): Promise<ByteReader & { close(): void }> {
  const file = await fileOf(name);
  if (through === "blob") return { ...blobReader(await file.getFile()), close: () => {} };
  const access = await file.createSyncAccessHandle();
  const read = async (at: number, into: Uint8Array) => void access.read(into, { at });
  return { size: access.getSize(), read, close: () => access.close() };
}

async function store({ url, name }: Extract<Job, { do: "store" }>): Promise<undefined> {
  const response = await fetch(url);
  const file = await (await fileOf(name)).createSyncAccessHandle();
  for (const reader = response.body!.getReader(); ; ) {
    const { value } = await reader.read();
    if (!value) break;
    file.write(value);
  }
  file.flush();
  file.close();
}

async function open({ name, dimensions, through }: Extract<Job, { do: "open" }>): Promise<Opening> {
  const [kind, file] = await Promise.all([loadHnswIndex(), reach(name, through)]);
  let reading = 0;
  const read = async (at: number, into: Uint8Array) => {
    const asked = performance.now();
    await file.read(at, into);
    reading += performance.now() - asked;
  };
  const begun = performance.now();
  index = await kind.open({ size: file.size, read }, dimensions);
  const milliseconds = performance.now() - begun;
  file.close();
  const { count, bytes } = index.stats();
  return { through, milliseconds, reading, count, bytes };
}

async function build({ set, threads }: Extract<Job, { do: "build" }>): Promise<Building> {
  const kind = await loadHnswIndex({ threads, originals: "none" });
  const made = await kind.create(set.dimensions);
  let milliseconds = 0;
  for (const { first, vectors } of clusteredChunks(set, 0).chunks) {
    const rows = rowsFrom(first, vectors.length / set.dimensions);
    const begun = performance.now();
    await made.add(rows, vectors);
    milliseconds += performance.now() - begun;
  }
  await made.close();
  return { milliseconds, threads: kind.threads };
}

async function search({ queries, k, ef }: Extract<Job, { do: "search" }>): Promise<Searches> {
  const opened = index!;
  const { dimensions } = opened.stats();
  const milliseconds: number[] = [];
  const found: Neighbors[] = [];
  for (let at = 0; at < queries.length; at += dimensions) {
    const query = queries.subarray(at, at + dimensions);
    const begun = performance.now();
    found.push(await opened.search(query, { k, ef }));
    milliseconds.push(performance.now() - begun);
  }
  return { milliseconds, rows: found.map(({ rows }) => rows) };
}
