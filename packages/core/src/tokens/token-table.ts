import type { StoredTokens } from "../ports/entry-store.ts";
import type { TokenBits } from "../ports/token-scorer.ts";

/** The token vectors of one passage, and the id of their space. */
export interface PassageTokens extends TokenBits {
  readonly space: string;
}

/** Token vectors by the row of their passage. */
export class TokenTable {
  readonly #passages = new Map<number, PassageTokens>();
  #bytes = 0;

  /** Of all token vectors. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#passages.size;
  }

  /** The token vectors of an entry, whose passages have these rows. A passage without tokens has none. */
  add(rows: readonly number[], { space, counts, bits }: StoredTokens): void {
    const tokens = counts.reduce((sum, count) => sum + count, 0);
    if (tokens === 0) return;
    const tokenBytes = bits.length / tokens;
    // The entry's other data would stay in memory with a view of its bits.
    const own = bits.slice();
    let at = 0;
    for (const [i, row] of rows.entries()) {
      const end = at + counts[i]! * tokenBytes;
      if (end > at) this.put(row, { space, tokenBytes, bits: own.subarray(at, end) });
      at = end;
    }
  }

  put(row: number, passage: PassageTokens): void {
    this.delete(row);
    this.#passages.set(row, passage);
    this.#bytes += passage.bits.length;
  }

  delete(row: number): void {
    this.#bytes -= this.#passages.get(row)?.bits.length ?? 0;
    this.#passages.delete(row);
  }

  /** Undefined for a row that has no token vectors of this space. */
  get(row: number, space: string): TokenBits | undefined {
    const passage = this.#passages.get(row);
    return passage?.space === space ? passage : undefined;
  }

  all(): IterableIterator<[row: number, passage: PassageTokens]> {
    return this.#passages.entries();
  }
}
