import type { AddProgress, Entry } from "@pipit/core";
import type { TabEngine } from "../engine.ts";
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
  /** Resolves when the starter's file can be had at once. Called when species are findable. Default: at once. */
  readonly fetched?: (() => Promise<void>) | undefined;
  /** Called while species become findable. */
  readonly onProgress?: ((progress: AddProgress) => void) | undefined;
}

export interface Filling {
  /** Resolves when every species can be found by its words. */
  readonly findable: Promise<void>;
  /** Resolves when every species can be found by its meaning too. */
  readonly whole: Promise<void>;
}

/** The calls of an engine that fill it. */
export type GuideEngine = Pick<TabEngine, "add" | "remove" | "stats" | "complete" | "whole">;

/**
 * Stores the guide of this build in the engine. A note of the stored version is kept outside the database; if either is lost, the
 * guide is written again. On a first visit the visitor may already be typing, and the starter may come slowly: all species are stored for their
 * words, which needs no starter. The starter is fetched, and the species are embedded when the engine is whole, each after `answered` resolves,
 * because both hold up an answer. A visit that ends before is continued by the next.
 */
export function fillGuide(
  engine: GuideEngine,
  guide: Guide,
  { version, fetched = atOnce, answered = atOnce, onProgress = () => undefined }: FillOptions,
): Filling {
  const entries = [...guide.values()].map(speciesEntry);
  const findable = isPresent(engine, version).then(async (there) => {
    if (!there) await replace(engine, entries, { version, onProgress });
  });
  const whole = findable.then(async () => {
    await answered();
    await fetched();
    await engine.whole();
    await answered();
    await engine.complete();
  });
  return { findable, whole };
}

async function atOnce(): Promise<void> {}

async function isPresent(engine: GuideEngine, version: string): Promise<boolean> {
  const note = readNote();
  const { entries } = await engine.stats();
  return note?.version === version && entries >= note.ids.length;
}

async function replace(
  engine: GuideEngine,
  entries: readonly Entry[],
  { version, onProgress }: Pick<FillOptions, "version" | "onProgress">,
): Promise<void> {
  await engine.add(entries, { meaning: "later", onProgress });
  const ids = entries.map(({ id }) => id);
  const gone = (readNote()?.ids ?? []).filter((id) => !ids.includes(id));
  if (gone.length > 0) await engine.remove(gone);
  keepNote(KEY, JSON.stringify({ version, ids } satisfies Stored));
}

function readNote(): Stored | undefined {
  try {
    return JSON.parse(keptNote(KEY) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
