import { openTabEngine } from "@pipit/browser";
import { type AddProgress, type Entry, PipitError, type SearchEngine } from "@pipit/core";
import { changesBetween, parseEntries } from "./entry-list.ts";

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
 * The entries stay in the tab's database. A later visit compares the file with the one they came from and stores only
 * what changed. The file is kept after its entries are stored, so an interrupted visit repeats work but loses none.
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

async function bring(engine: SearchEngine, { url, text, entries, onProgress }: Source): Promise<void> {
  const shelf = await openShelf();
  const before = await storedEntries(engine, shelf, url);
  const { added, removed } = changesBetween(before, entries);
  if (removed.length > 0) await engine.remove(removed);
  if (added.length > 0) await engine.add(added, { onProgress });
  await shelf?.put(url, new Response(text));
}

// What the shelf says is believed only while the database still holds entries: a browser may clear one without the other.
async function storedEntries(engine: SearchEngine, shelf: Cache | undefined, url: string): Promise<readonly Entry[]> {
  const kept = await shelf?.match(url);
  if (!kept || (await engine.stats()).entries === 0) return [];
  return parseEntries(await kept.text(), url);
}

// Cache Storage is there only on secure origins; elsewhere each visit stores all entries anew.
async function openShelf(): Promise<Cache | undefined> {
  return "caches" in globalThis ? caches.open(SHELF) : undefined;
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
