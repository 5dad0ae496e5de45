import { openTabEngine, type TabEngine } from "@pipit/browser";
import { type AddProgress, type Entry, PipitError, type SearchEngine } from "@pipit/core";
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
 * stores only what changed; without it, or after a visit that was interrupted, all of them are stored again.
 */
export async function openSource({ url, starterUrl, onProgress }: SourceOptions): Promise<SearchEngine> {
  const text = await fetchText(url);
  const entries = parseEntries(text, url);
  const engine = await openTabEngine({ name: `pipit-search ${url}`, starterUrl });
  try {
    await bring(engine, { url, text, entries, onProgress });
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

interface Source extends Pick<SourceOptions, "url" | "onProgress"> {
  readonly text: string;
  readonly entries: readonly Entry[];
}

async function bring(engine: TabEngine, { url, text, entries, onProgress }: Source): Promise<void> {
  const shelf = await openShelf();
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

// Cache Storage is there only on secure origins, and not where storage is blocked; elsewhere each visit stores all entries anew.
async function openShelf(): Promise<Cache | undefined> {
  if (!("caches" in globalThis)) return undefined;
  return caches.open(SHELF).catch(() => undefined);
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url).catch((cause) => {
    throw unreachable(url, "no answer", cause);
  });
  if (!response.ok) throw unreachable(url, `status ${response.status}`);
  return response.text();
}

function unreachable(url: string, got: string, cause?: unknown): PipitError {
  return new PipitError("remote-failed", {
    got: `${got} from ${url}`,
    expected: "the entries to search",
    do: "Check the address in the attribute `source`, and that the file is served.",
    cause,
  });
}
