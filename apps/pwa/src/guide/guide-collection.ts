import type { SearchEngine } from "@pipit/core";
import type { Guide } from "./guide.ts";
import { speciesEntry } from "./species.ts";

const KEY = "pipit-guide";

interface Stored {
  readonly version: string;
  readonly ids: readonly string[];
}

/**
 * Sees to it that the engine holds the guide as this build has it. The note of what is stored lies beside the database:
 * when either is lost the guide is written again, which replaces.
 */
export async function fillGuide(engine: SearchEngine, guide: Guide, version: string): Promise<void> {
  const note = readNote();
  const { entries } = await engine.stats();
  if (note?.version === version && entries >= note.ids.length) return;
  await engine.add([...guide.values()].map(({ species, group }) => speciesEntry(species, group)));
  const gone = (note?.ids ?? []).filter((id) => !guide.has(id));
  if (gone.length > 0) await engine.remove(gone);
  localStorage.setItem(KEY, JSON.stringify({ version, ids: [...guide.keys()] } satisfies Stored));
}

function readNote(): Stored | undefined {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
