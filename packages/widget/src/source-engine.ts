import { explained, openTabEngine, type TabEngine, type TabOptions, usableLocks } from "@pipit/browser";
import { type AddProgress, type Entry, isPipitError, type SearchEngine, throwIfAborted } from "@pipit/core";
import { type Changes, changesTo, parseEntries } from "./entry-list.ts";
import { lazily } from "./lazily.ts";
import { fileAt, type SourceFile } from "./source-file.ts";
import { wordsMeanwhile } from "./words-meanwhile.ts";

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

/** So many entries are embedded within a second, before the first answer, if the starter is there by then. Of more, the words come first. */
const FEW = 250;
/** Few entries wait so long for the starter; then their words come first too. */
const STARTER_MS = 500;
/** So many are enough for a first answer, which is renewed as more are stored. */
const ENOUGH = FEW;
/** An answer from few entries waits so long for the newest file; then those of the last visit answer. Of many, these answer at once. */
const SOON_MS = 300;

/** The Cache that holds each source file in the version whose entries were stored last. Its name differs from the page's own. */
const SHELF = "pipit-search-sources";

/**
 * An engine in this tab with exactly the entries of a JSON file. `onUsable` gives it before it is filled, and before all of it is open.
 *
 * The entries stay in the tab's database. The file is stored after them, so that a later visit stores only changed entries. Without
 * it, or after an interrupted visit, all entries are stored again. On a device without room they are held in memory. If the file cannot be
 * had at a later visit, the entries of the former one answer. More than some hundred entries are stored for their words first and embedded
 * after that, and so are few ones while the starter is on its way. If it cannot be had, words answer.
 * Tabs with the same file fill the database one after another.
 * Fails with `aborted` too, which interrupts the visit.
 */
export async function openSource(options: SourceOptions): Promise<SearchEngine> {
  const { signal } = options;
  const url = withoutFragment(options.url);
  const file = fileAt({ url, signal });
  const source = { ...options, url, file, parsed: parsedOnce(url) };
  try {
    return await filled(source, "device");
  } catch (error) {
    if (!isPipitError(error, "storage-full")) throw error;
    console.warn(`Pipit: ${error.got}. The entries of ${url} are held in memory, and read again at the next visit.`);
    return filled(source, "memory");
  }
}

interface Source extends SourceOptions {
  readonly file: SourceFile;
  /** The entries of its text. */
  readonly parsed: (text: string) => readonly Entry[];
}

async function filled(given: Source, storage: TabOptions["storage"]): Promise<SearchEngine> {
  const { url, starterUrl, onProgress, signal } = given;
  void readAhead(given);
  const engine = await openTabEngine({ name: `pipit-search ${url}`, starterUrl, storage, early: "words" });
  const asked = wordsMeanwhile(engine);
  const onUsable = () => given.onUsable(asked);
  const source = { ...given, onUsable };
  try {
    const held = (await engine.stats()).entries || (await engine.ids()).length;
    if (held > FEW || (held > 0 && !(await isSettledWithin(SOON_MS, source.file.text())))) onUsable();
    const whole = lazily(() => wholeOf(engine, url));
    const begun = held > 0 ? whole() : undefined;
    // Many answer first: to read a large file, the page's thread takes as long as they do.
    if (held > FEW) await begun;
    const arrived = await arrivedOf(source, held);
    if (arrived) {
      const newest = { ...source, ...arrived, held, whole };
      // A stored file describes the database, so an engine in memory has no stored file.
      if (storage === "memory") await bring(engine, newest, undefined);
      else await inTurn(source, async () => bring(engine, newest, await openShelf()));
    }
    const isWhole = await whole();
    onUsable();
    // A former visit may have ended before all entries were embedded.
    if (isWhole)
      await engine.complete({ signal, onProgress: (progress) => onProgress({ ...progress, stage: "meaning" }) });
    return asked;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** False, after a line in the console, if the starter cannot be had. */
async function wholeOf(engine: TabEngine, url: string): Promise<boolean> {
  try {
    await engine.whole();
    return true;
  } catch (error) {
    if (!isPipitError(error, "model-unavailable")) throw error;
    console.warn(`Pipit: the entries of ${url} are found by their words alone.`, error);
    return false;
  }
}

/** Without a stored file all entries are needed, and the page's thread is idle until the engine is open. */
async function readAhead({ url, file, parsed }: Source): Promise<void> {
  const kept = await (await openShelf())?.match(url).catch(() => undefined);
  if (kept) return;
  // A failure is met when the entries are needed.
  await file
    .text()
    .then(parsed)
    .catch(() => undefined);
}

/** Parses each text once while no other comes. */
function parsedOnce(url: string): Source["parsed"] {
  let last: { readonly text: string; readonly entries: readonly Entry[] } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, entries: parseEntries(text, url) };
    return last.entries;
  };
}

/** True if it succeeds or fails within the time. */
function isSettledWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const settled = work.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, after(milliseconds)]).then((value) => value === true);
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** What there is of the newest file. */
interface Arrived {
  /** At a first visit the first entries of a file that is still arriving. */
  readonly first: readonly Entry[];
  readonly text: () => Promise<string>;
}

/** Undefined if the file cannot be had, and entries of a former visit are there to answer. */
async function arrivedOf({ file, url, signal }: Source, held: number): Promise<Arrived | undefined> {
  if (held === 0) {
    // Asked again alone: a policy's objection to the worker, which was opened meanwhile, would be taken for one to the file.
    const text = () => file.text().catch(() => explained(fileAt({ url, signal }).text));
    return { first: await file.first(ENOUGH), text: lazily(text) };
  }
  try {
    const text = await file.text();
    return { first: [], text: async () => text };
  } catch (error) {
    throwIfAborted(signal);
    return warnOfLast(url, error);
  }
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

interface Newest extends Omit<Source, "onUsable">, Arrived {
  readonly onUsable: () => void;
  /** The number of entries of former visits. */
  readonly held: number;
  /** Opens the rest of the engine; false if it can be found by words only. */
  readonly whole: () => Promise<boolean>;
}

async function bring(engine: TabEngine, source: Newest, shelf: Cache | undefined): Promise<void> {
  const { url, held, signal } = source;
  const kept = await keptText(shelf, url);
  // Many entries are parsed for some hundred milliseconds, in which the page cannot show its first hits.
  if (held > 0 && kept === (await source.text())) return;
  const begun = kept === undefined ? await begin(engine, source) : [];
  const changes = await changesIn(source, engine, { kept, begun });
  throwIfAborted(signal);
  if (!changes || changes.added.length + changes.removed.length + begun.length === 0) return;
  // During the change the database has neither version: the old file is deleted first, in case the change is interrupted.
  if (kept !== undefined) await shelf?.delete(url);
  await apply(engine, source, { ...changes, before: begun.length });
  await keep(shelf, url, await source.text());
}

interface Applied extends Changes {
  /** Entries that were stored before these, at this visit. */
  readonly before: number;
}

async function apply(engine: TabEngine, source: Newest, { added, removed, before }: Applied): Promise<void> {
  const { onProgress, onUsable, signal, whole } = source;
  if (removed.length > 0) await engine.remove(removed);
  // Few entries are whole before the first answer, which then need not be renewed.
  const isWhole = added.length <= FEW && (await isSettledWithin(STARTER_MS, whole())) && (await whole());
  const [stage, meaning] = isWhole ? (["meaning", "now"] as const) : (["words", "later"] as const);
  const enough = Math.min(ENOUGH, added.length);
  const told = ({ done }: AddProgress) => {
    onProgress({ done: before + done, total: before + added.length, stage });
    if (isWhole || done < enough) return;
    onUsable();
    void whole();
  };
  if (added.length > 0) await engine.add(added, { onProgress: told, signal, meaning });
}

/** Stores the first entries of a file that is still arriving, so that they are found before the rest is there. */
async function begin(engine: TabEngine, source: Newest): Promise<readonly Entry[]> {
  const { first, onProgress, onUsable, signal, whole } = source;
  if (first.length === 0) return first;
  await engine.add(first, { signal, meaning: "later" });
  onProgress({ done: first.length, total: undefined, stage: "words" });
  onUsable();
  void whole();
  return first;
}

interface Known {
  /** The text of the stored file. */
  readonly kept: string | undefined;
  /** Entries that this visit has stored. */
  readonly begun: readonly Entry[];
}

/**
 * Undefined, after a line in the console, if the file is no list of entries and those of a former visit are there. Without these it fails, and
 * nothing of the file stays, by which a later visit would answer.
 */
async function changesIn(source: Newest, engine: TabEngine, { kept, begun }: Known): Promise<Changes | undefined> {
  const { url, parsed, signal } = source;
  try {
    const target = parsed(await source.text());
    return changesTo(target, { ids: await engine.ids(), as: kept === undefined ? begun : parseEntries(kept, url) });
  } catch (error) {
    throwIfAborted(signal);
    if ((await engine.ids()).length > begun.length) return warnOfLast(url, error);
    if (begun.length > 0) await engine.remove(begun.map(({ id }) => id));
    throw error;
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
