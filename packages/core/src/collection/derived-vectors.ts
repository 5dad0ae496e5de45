import type { StoredEntry } from "../ports/entry-store.ts";
import type { IndexKind, IndexStats, VectorIndex } from "../ports/vector-index.ts";
import type { Derived, DerivedKind, LaterSection } from "./derived.ts";
import { type SavedSection, savedSection } from "./snapshot-format.ts";

/** The index of vectors, by row. New rows are added before any entry owns them, and old ones are removed after none does. */
export class DerivedVectors implements Derived {
  readonly #kind: string;
  readonly #open: () => Promise<VectorIndex>;
  #opening: Promise<VectorIndex> | undefined;
  #index: VectorIndex | undefined;

  constructor(kind: string, open: () => Promise<VectorIndex>) {
    this.#kind = kind;
    this.#open = open;
  }

  static kind(index: IndexKind, dimensions: number): DerivedKind<DerivedVectors> {
    const opened = async (open: () => Promise<VectorIndex>) => {
      const vectors = new DerivedVectors(index.name, open);
      await vectors.finish();
      return vectors;
    };
    return {
      create: () => opened(() => index.create(dimensions)),
      open: (section) => opened(() => index.open(section, dimensions)),
      openLater: (later) => new DerivedVectors(index.name, () => openedLater(index, dimensions, later)),
    };
  }

  /** It must be whole. */
  get index(): VectorIndex {
    return this.#index!;
  }

  get isWhole(): boolean {
    return this.#index !== undefined;
  }

  async finish(): Promise<void> {
    this.#opening ??= this.#open();
    this.#index = await this.#opening;
  }

  stats(): Pick<IndexStats, "kind" | "bytes" | "recall"> {
    return this.#index?.stats() ?? { kind: this.#kind, bytes: 0 };
  }

  async prepare(entries: readonly StoredEntry[]): Promise<void> {
    const rows = entries.flatMap((entry) => entry.passages.map((passage) => passage.row));
    if (rows.length > 0) await this.index.add(Uint32Array.from(rows), joined(entries.map((entry) => entry.vectors)));
  }

  async clean(rows: readonly number[]): Promise<void> {
    if (rows.length > 0) await this.index.remove(Uint32Array.from(rows));
  }

  async saved(): Promise<SavedSection> {
    await this.finish();
    return savedSection(this.index.saved?.() ?? [await this.index.save()]);
  }

  async close(): Promise<void> {
    const index = await this.#opening?.catch(() => undefined);
    await index?.close();
  }
}

async function openedLater(index: IndexKind, dimensions: number, later: LaterSection): Promise<VectorIndex> {
  try {
    const section = await later.read();
    if (section) return await index.open(section, dimensions);
    later.onAnew();
  } catch (error) {
    later.onAnew(error);
  }
  return index.create(dimensions);
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
