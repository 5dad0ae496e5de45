import type { AddProgress, Entry, SearchEngine } from "@pipit/core";
import { keepNote, keptNote } from "../kept-note.ts";
import type { Guide } from "./guide.ts";
import { speciesEntry } from "./species.ts";

const KEY = "pipit-guide";

interface Stored {
  readonly version: string;
  readonly ids: readonly string[];
}

export interface FillOptions {
  readonly version: string;
  /** Resolves when no question is unanswered. Default: at once. */
  readonly answered?: (() => Promise<void>) | undefined;
  /** Called while species become findable. */
  readonly onProgress?: ((progress: AddProgress) => void) | undefined;
}

export interface Filling {
  /** Resolves when every species can be found by its look and song, the subjects of most first questions. */
  readonly findable: Promise<void>;
  /** Resolves when all aspects of all species are stored. */
  readonly whole: Promise<void>;
}

/**
 * Stores the guide of this build in the engine. A note of the stored version is kept outside the database; if either is lost, the
 * guide is written again. On a first visit the visitor may already be typing: each species is stored with its first aspect only, so
 * that it can be found soon. The other aspects follow when `answered` resolves, because storing them blocks the engine's
 * thread.
 */
export function fillGuide(
  engine: SearchEngine,
  guide: Guide,
  { version, answered = nobodyAsks, onProgress = () => undefined }: FillOptions,
): Filling {
  const entries = [...guide.values()].map(speciesEntry);
  const present = isPresent(engine, version);
  const findable = present.then(
    async (there) => void (there || (await engine.add(entries.map(firstAspect), { onProgress }))),
  );
  const whole = findable.then(async () => {
    if (await present) return;
    await answered();
    await replace(engine, entries, version);
  });
  return { findable, whole };
}

async function nobodyAsks(): Promise<void> {}

async function isPresent(engine: SearchEngine, version: string): Promise<boolean> {
  const note = readNote();
  const { entries } = await engine.stats();
  return note?.version === version && entries >= note.ids.length;
}

async function replace(engine: SearchEngine, entries: readonly Entry[], version: string): Promise<void> {
  await engine.add(entries);
  const ids = entries.map(({ id }) => id);
  const gone = (readNote()?.ids ?? []).filter((id) => !ids.includes(id));
  if (gone.length > 0) await engine.remove(gone);
  keepNote(KEY, JSON.stringify({ version, ids } satisfies Stored));
}

function firstAspect(entry: Entry): Entry {
  return { ...entry, text: entry.text.slice(0, entry.text.indexOf("\n\n")) };
}

function readNote(): Stored | undefined {
  try {
    return JSON.parse(keptNote(KEY) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
