import { explained, openTabEngine, type TabEngine, type TabOptions } from "@pipit/browser";
import { type AddProgress, type Entry, isPipitError, PipitError, type SearchEngine } from "@pipit/core";
import { changesTo, parseEntries } from "./entry-list.ts";

export interface SourceOptions {
  /** Absolute URL of the JSON file. */
  readonly url: string;
  /** Absolute URL of the starter encoder's file. */
  readonly starterUrl: string;
  readonly onProgress: (progress: AddProgress) => void;
}

/** Named apart from the page's own stores. Holds each source file as it was when its entries were last stored. */
const SHELF = "pipit-search-sources";

/**
 * An engine in this tab that holds exactly the entries of a JSON file.
 *
 * The entries stay in the tab's database, which says which of them are there. The file is kept once they are, so that a later visit
 * stores only what changed; without it, or after a visit that was interrupted, all of them are stored again. A device without
 * room for them holds them in memory.
 */
export async function openSource({ url, starterUrl, onProgress }: SourceOptions): Promise<SearchEngine> {
  const text = await explained(() => fetchText(url));
  const source = { url, starterUrl, onProgress, text, entries: parseEntries(text, url) };
  try {
    return await filled(source, "device");
  } catch (error) {
    if (!isPipitError(error, "storage-full")) throw error;
    console.warn(`Pipit: ${error.got}. The entries of ${url} are held in memory, and read again at the next visit.`);
    return filled(source, "memory");
  }
}

interface Source extends SourceOptions {
  readonly text: string;
  readonly entries: readonly Entry[];
}

async function filled(source: Source, storage: TabOptions["storage"]): Promise<SearchEngine> {
  const { url, starterUrl } = source;
  const engine = await openTabEngine({ name: `pipit-search ${url}`, starterUrl, storage });
  try {
    // The shelf tells of the database, so what is in memory has none.
    await bring(engine, source, storage === "memory" ? undefined : await openShelf());
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function bring(engine: TabEngine, source: Source, shelf: Cache | undefined): Promise<void> {
  const { url, text, entries, onProgress } = source;
  const { added, removed } = changesTo(entries, { ids: await engine.ids(), as: await keptEntries(shelf, url) });
  if (added.length + removed.length === 0) return;
  // Between the two versions the database holds neither: what was kept of the old one is not believed if this ends in between.
  await shelf?.delete(url);
  if (removed.length > 0) await engine.remove(removed);
  if (added.length > 0) await engine.add(added, { onProgress });
  await keep(shelf, url, text);
}

async function keptEntries(shelf: Cache | undefined, url: string): Promise<readonly Entry[]> {
  const kept = await shelf?.match(url);
  return kept ? parseEntries(await kept.text(), url) : [];
}

async function keep(shelf: Cache | undefined, url: string, text: string): Promise<void> {
  try {
    await shelf?.put(url, new Response(text));
  } catch {
    // No room for it: the entries are stored, and the next visit stores them again.
  }
}

// Cache Storage is there only on secure origins, and may throw where storage is blocked; elsewhere each visit stores all entries anew.
async function openShelf(): Promise<Cache | undefined> {
  try {
    return await caches.open(SHELF);
  } catch {
    return undefined;
  }
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url).catch((cause) => {
    throw unreachable(url, "no answer", { advice: isForeign(url) ? SHARING : "", cause });
  });
  if (!response.ok) throw unreachable(url, `status ${response.status}`);
  return response.text();
}

// To a page, a file that is not shared with it and one that is not there look the same.
const SHARING = " It is of another origin: see that it is served with the header `Access-Control-Allow-Origin`.";

function isForeign(url: string): boolean {
  return new URL(url).origin !== location.origin;
}

function unreachable(url: string, got: string, { advice = "", cause = undefined as unknown } = {}): PipitError {
  return new PipitError("remote-failed", {
    got: `${got} from ${url}`,
    expected: "the entries to search",
    do: `Check the address in the attribute \`source\`, and that the file is served.${advice}`,
    cause,
  });
}
