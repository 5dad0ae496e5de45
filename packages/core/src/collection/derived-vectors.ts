import type { StoredEntry } from "../ports/entry-store.ts";
import type { IndexKind, VectorIndex } from "../ports/vector-index.ts";
import type { Derived, DerivedKind } from "./derived.ts";
import { type SavedSection, savedSection } from "./snapshot-format.ts";

/** The index of vectors, by row. New rows are added before any entry owns them, and old ones are removed after none does. */
export class DerivedVectors implements Derived {
  readonly index: VectorIndex;

  constructor(index: VectorIndex) {
    this.index = index;
  }

  static kind(index: IndexKind, dimensions: number): DerivedKind<DerivedVectors> {
    return {
      create: async () => new DerivedVectors(await index.create(dimensions)),
      open: async (section) => new DerivedVectors(await index.open(section, dimensions)),
    };
  }

  async prepare(entries: readonly StoredEntry[]): Promise<void> {
    const rows = entries.flatMap((entry) => entry.passages.map((passage) => passage.row));
    if (rows.length > 0) await this.index.add(Uint32Array.from(rows), joined(entries.map((entry) => entry.vectors)));
  }

  async clean(rows: readonly number[]): Promise<void> {
    if (rows.length > 0) await this.index.remove(Uint32Array.from(rows));
  }

  async saved(): Promise<SavedSection> {
    return savedSection(this.index.saved?.() ?? [await this.index.save()]);
  }

  close(): Promise<void> {
    return this.index.close();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
