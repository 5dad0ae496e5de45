import type { StoredEntry } from "../ports/entry-store.ts";
import type { IndexKind, IndexStats, NeighborQuery, Neighbors, VectorIndex } from "../ports/vector-index.ts";
import type { Derived, DerivedKind, LaterSection } from "./derived.ts";
import { type SavedSection, savedSection } from "./snapshot-format.ts";

interface Source {
  /** Name of the kind. */
  readonly kind: string;
  /** True if `open` makes an empty index. */
  readonly isEmpty: boolean;
  readonly open: () => Promise<VectorIndex>;
  readonly vectorsOf: VectorsOf;
}

/** An entry's vectors in the space of the index, with their rows; undefined if it has none. */
export type VectorsOf = (entry: StoredEntry) => RowVectors | undefined;

interface RowVectors {
  readonly rows: readonly number[];
  readonly vectors: Float32Array;
}

export function vectorsOfPassages({ passages, vectors }: StoredEntry): RowVectors {
  return { rows: passages.map(({ row }) => row), vectors };
}

/** The vectors in a further space, by its id. */
export function vectorsIn(space: string): VectorsOf {
  return ({ further }) => {
    const own = further?.find((each) => each.space === space);
    return own && { rows: own.parts.map(({ row }) => row), vectors: own.vectors };
  };
}

/**
 * The index of vectors, by row. New rows are added before any entry owns them, and old ones are removed after none does. It is opened by
 * `finish`; an empty one is made when its first rows come at the latest, so that entries without vectors need none.
 */
export class DerivedVectors implements Derived {
  readonly #source: Source;
  #opening: Promise<VectorIndex> | undefined;
  #index: VectorIndex | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  static kind(index: IndexKind, dimensions: number, vectorsOf: VectorsOf): DerivedKind<DerivedVectors> {
    const of = (open: Source["open"], isEmpty = false) =>
      new DerivedVectors({ kind: index.name, isEmpty, open, vectorsOf });
    return {
      create: async () => of(() => index.create(dimensions), true),
      async open(section) {
        const vectors = of(() => index.open(section, dimensions));
        await vectors.finish();
        return vectors;
      },
      openLater: (later) => of(() => openedLater(index, dimensions, later)),
    };
  }

  get isWhole(): boolean {
    return this.#index !== undefined || this.#source.isEmpty;
  }

  /** A failure is not kept: the next call tries again. */
  async finish(): Promise<void> {
    this.#opening ??= this.#source.open();
    try {
      this.#index = await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  /** As the index does. It must be whole. */
  async search(query: Float32Array, options: NeighborQuery): Promise<Neighbors> {
    return this.#index?.search(query, options) ?? { rows: new Uint32Array(), distances: new Float32Array() };
  }

  /** False while it is not known. */
  get isEmpty(): boolean {
    return this.#index ? this.#index.stats().count === 0 : this.#source.isEmpty;
  }

  stats(): Pick<IndexStats, "kind" | "bytes" | "recall"> {
    return this.#index?.stats() ?? { kind: this.#source.kind, bytes: 0 };
  }

  async prepare(entries: readonly StoredEntry[]): Promise<void> {
    const own = entries.flatMap((entry) => this.#source.vectorsOf(entry) ?? []);
    const rows = own.flatMap(({ rows }) => rows);
    if (rows.length === 0) return;
    await this.finish();
    await this.#index!.add(Uint32Array.from(rows), joined(own.map(({ vectors }) => vectors)));
  }

  async clean(rows: readonly number[]): Promise<void> {
    if (rows.length > 0) await this.#index?.remove(Uint32Array.from(rows));
  }

  async saved(): Promise<SavedSection> {
    await this.finish();
    const index = this.#index!;
    return savedSection(index.saved?.() ?? [await index.save()]);
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
