import type { Entry, SearchEngine } from "@pipit/core";

const KEY = "pipit-guide";

interface Stored {
  readonly version: string;
  readonly ids: readonly string[];
}

/**
 * Sees to it that the engine holds the guide as this build has it. When it does already, the guide is not even loaded.
 * The note of what is stored lies beside the database: when either is lost the guide is written again, which replaces.
 */
export async function fillGuide(engine: SearchEngine, version: string): Promise<void> {
  const stored = readNote();
  const { entries } = await engine.stats();
  if (stored?.version === version && entries >= stored.ids.length) return;
  const guide = await loadGuide();
  await engine.add(guide);
  const ids = guide.map(({ id }) => id);
  const gone = (stored?.ids ?? []).filter((id) => !ids.includes(id));
  if (gone.length > 0) await engine.remove(gone);
  localStorage.setItem(KEY, JSON.stringify({ version, ids } satisfies Stored));
}

async function loadGuide(): Promise<Entry[]> {
  const [{ chapters }, { speciesEntry }] = await Promise.all([import("./chapters.ts"), import("./species.ts")]);
  return chapters.flatMap(({ group, species }) => species.map((bird) => speciesEntry(bird, group)));
}

function readNote(): Stored | undefined {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
