import { explained, openTabEngine, type TabEngine, type TabOptions, usableLocks } from "@pipit/browser";
import { type AddProgress, type Entry, isPipitError, PipitError, type SearchEngine, throwIfAborted } from "@pipit/core";
import { type Changes, changesTo, parseEntries } from "./entry-list.ts";

/** The way in which an engine is filled from a source. */
export interface Filling {
  /** Called as entries are stored, and as they get their vectors. */
  readonly onProgress: (progress: FillingProgress) => void;
  /**
   * Called with an engine that may be asked although it is not filled yet: it answers from the last visit, or from the entries that are
   * stored so far. It may be called again with another engine, after which the former one is closed.
   */
  readonly onUsable: (engine: SearchEngine) => void;
  readonly signal: AbortSignal;
}

/** "words": entries are stored and found by their words. "meaning": they are embedded, and found by meaning too. */
export interface FillingProgress extends AddProgress {
  readonly stage: "words" | "meaning";
}

export interface SourceOptions extends Filling {
  /** Absolute URL of the JSON file. */
  readonly url: string;
  /** Absolute URL of the starter encoder's file. */
  readonly starterUrl: string;
}

/** So many entries are embedded within a second or two, before the first answer. Of more, the words come first. */
const FEW = 1000;
/** So many are enough for a first answer, which is renewed as more are stored. */
const ENOUGH = 250;
/** An answer from few entries waits so long for the newest file; then those of the last visit answer. Of many, these answer at once. */
const SOON_MS = 300;

const NO_CHANGES: Changes = { added: [], removed: [] };

/** The Cache that holds each source file in the version whose entries were stored last. Its name differs from the page's own. */
const SHELF = "pipit-search-sources";

/**
 * An engine in this tab with exactly the entries of a JSON file. `onUsable` gives it before it is filled, and before all of it is open.
 *
 * The entries stay in the tab's database. The file is stored after them, so that a later visit stores only changed entries. Without
 * it, or after an interrupted visit, all entries are stored again. On a device without room they are held in memory. If the file cannot be
 * had at a later visit, the entries of the former one answer. More than a thousand entries are stored for their words first and embedded after that.
 * Tabs with the same file fill the database one after another.
 * Fails with `aborted` too, which interrupts the visit.
 */
export async function openSource(options: SourceOptions): Promise<SearchEngine> {
  const { signal } = options;
  const url = withoutFragment(options.url);
  const file = fileAt(url, signal);
  const source = { ...options, url, file, entries: lazily(async () => parseEntries(await file(), url)) };
  try {
    return await filled(source, "device");
  } catch (error) {
    if (!isPipitError(error, "storage-full")) throw error;
    console.warn(`Pipit: ${error.got}. The entries of ${url} are held in memory, and read again at the next visit.`);
    return filled(source, "memory");
  }
}

interface Source extends SourceOptions {
  /** Resolves to the text of the file. */
  readonly file: () => Promise<string>;
  /** Resolves to what the file holds. */
  readonly entries: () => Promise<readonly Entry[]>;
}

async function filled(source: Source, storage: TabOptions["storage"]): Promise<SearchEngine> {
  const { url, starterUrl, onUsable, onProgress, signal } = source;
  void readAhead(source);
  const engine = await openTabEngine({ name: `pipit-search ${url}`, starterUrl, storage, early: "words" });
  try {
    const held = (await engine.stats()).entries || (await engine.ids()).length;
    if (held > FEW || (held > 0 && !(await isThereWithin(SOON_MS, source.file())))) onUsable(engine);
    const whole = lazily(() => engine.whole());
    const begun = held > 0 ? whole() : undefined;
    // Many answer first: to read a large file, the page's thread takes as long as they do.
    if (held > FEW) await begun;
    const text = await newest(source, held > 0 ? "held" : "missing");
    // A stored file describes the database, so an engine in memory has no stored file.
    if (text !== undefined && storage === "memory") await bring(engine, { ...source, text, held, whole }, undefined);
    else if (text !== undefined)
      await inTurn(source, async () => bring(engine, { ...source, text, held, whole }, await openShelf()));
    await whole();
    onUsable(engine);
    // A former visit may have ended before all entries were embedded.
    await engine.complete({ signal, onProgress: (progress) => onProgress({ ...progress, stage: "meaning" }) });
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Without a stored file all entries are needed, and the page's thread is idle until the engine is open. */
async function readAhead({ url, entries }: Source): Promise<void> {
  const kept = await (await openShelf())?.match(url).catch(() => undefined);
  // A failure is met when the entries are needed.
  if (!kept) await entries().catch(() => undefined);
}

/** Does the work at the first call, once. A failure is met when that is awaited. */
function lazily<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= work();
    begun.catch(() => undefined);
    return begun;
  };
}

/** True if it is settled within the time. */
function isThereWithin(milliseconds: number, file: Promise<unknown>): Promise<boolean> {
  return Promise.race([
    file.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), milliseconds)),
  ]);
}

/** Undefined if the file cannot be had, and entries of a former visit are there to answer. */
async function newest({ file, url, signal }: Source, entries: "held" | "missing"): Promise<string | undefined> {
  // Asked again alone: a policy's objection to the worker, which was opened meanwhile, would be taken for one to the file.
  if (entries === "missing") return file().catch(() => explained(fileAt(url, signal)));
  return file().catch((error) => {
    throwIfAborted(signal);
    return warnOfLast(url, error);
  });
}

function warnOfLast(url: string, error: unknown): undefined {
  console.warn(`Pipit: the entries of ${url} are those of the last visit.`, error);
}

/**
 * Does the work while no other tab works on the same file. Two tabs that filled the database at the same time, with two versions of the
 * file, would leave entries of both and a stored file that describes only one.
 */
async function inTurn({ url, signal }: Source, work: () => Promise<void>): Promise<void> {
  // Where locks are missing or refused, the Cache is too: then every visit stores all entries.
  const locks = await usableLocks();
  if (!locks) return work();
  return locks.request(`pipit-search ${url}`, { signal }, work).catch((error) => {
    throwIfAborted(signal);
    throw error;
  });
}

interface Newest extends Source {
  readonly text: string;
  /** The number of entries of former visits. */
  readonly held: number;
  /** Opens the rest of the engine. */
  readonly whole: () => Promise<void>;
}

async function bring(engine: TabEngine, source: Newest, shelf: Cache | undefined): Promise<void> {
  const { url, onProgress, onUsable, signal, whole } = source;
  const kept = await keptText(shelf, url);
  const { added, removed } = await changesIn(source, engine, kept);
  throwIfAborted(signal);
  if (added.length + removed.length === 0) return;
  // During the change the database has neither version: the old file is deleted first, in case the change is interrupted.
  if (kept !== undefined) await shelf?.delete(url);
  if (removed.length > 0) await engine.remove(removed);
  const isMany = added.length > FEW;
  // Few entries are whole before the first answer, which then need not be renewed. Of many, the first are found before that.
  if (!isMany) void whole();
  const told = (progress: AddProgress) => {
    onProgress({ ...progress, stage: isMany ? "words" : "meaning" });
    if (!isMany || progress.done < ENOUGH) return;
    onUsable(engine);
    void whole();
  };
  const meaning = isMany ? "later" : "now";
  if (added.length > 0) await engine.add(added, { onProgress: told, signal, meaning });
  await keep(shelf, url, source.text);
}

/** None, after a line in the console, if the file is no list of entries and those of a former visit are there. */
async function changesIn(
  { text, url, held, entries }: Newest,
  engine: TabEngine,
  kept: string | undefined,
): Promise<Changes> {
  // Many entries are parsed for some hundred milliseconds, in which the page cannot show its first hits.
  if (held > 0 && kept === text) return NO_CHANGES;
  const ids = await engine.ids();
  try {
    return changesTo(await entries(), { ids, as: kept === undefined ? [] : parseEntries(kept, url) });
  } catch (error) {
    if (ids.length === 0) throw error;
    warnOfLast(url, error);
    return NO_CHANGES;
  }
}

async function keptText(shelf: Cache | undefined, url: string): Promise<string | undefined> {
  return (await shelf?.match(url))?.text();
}

async function keep(shelf: Cache | undefined, url: string, text: string): Promise<void> {
  try {
    await shelf?.put(url, new Response(text));
  } catch {
    // There is no room for the file. The entries are stored; the next visit stores them again.
  }
}

// Cache Storage needs a secure origin and may throw if storage is blocked. Without it each visit stores all entries again.
async function openShelf(): Promise<Cache | undefined> {
  try {
    return await caches.open(SHELF);
  } catch {
    return undefined;
  }
}

// The Cache and the server ignore the fragment, so one database serves all fragments.
function withoutFragment(url: string): string {
  return url.split("#", 1).join();
}

/** Requests the file, and reads its text at the first call: a large one would keep the page's thread from opening the engine. */
function fileAt(url: string, signal: AbortSignal): () => Promise<string> {
  const response = fetched(url, signal);
  // A failure is met when the text is needed.
  response.catch(() => undefined);
  return lazily(async () => textOf(await response, { url, signal }));
}

async function fetched(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal }).catch((cause) => {
    throwIfAborted(signal);
    throw unreachable(url, "no answer", { advice: isForeign(url) ? SHARING : "", cause });
  });
  if (!response.ok) throw unreachable(url, `status ${response.status}`);
  return response;
}

function textOf(response: Response, { url, signal }: Pick<Source, "url" | "signal">): Promise<string> {
  return response.text().catch((cause) => {
    throwIfAborted(signal);
    throw unreachable(url, "half an answer", { cause });
  });
}

// A page cannot distinguish a file that it may not read from a missing one.
const SHARING = " It is of another origin: see that it is served with the header `Access-Control-Allow-Origin`.";

function isForeign(url: string): boolean {
  // A sandboxed frame has an opaque origin, although its URL is the page's own.
  return new URL(url).origin !== origin;
}

function unreachable(url: string, got: string, { advice = "", cause = undefined as unknown } = {}): PipitError {
  return new PipitError("remote-failed", {
    got: `${got} from ${url}`,
    expected: "the entries to search",
    do: `Check the address in the attribute \`source\`, and that the file is served.${advice}`,
    cause,
  });
}
