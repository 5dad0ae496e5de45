import type { StoredEntry } from "../ports/entry-store.ts";
import type { QueryTokens, TokenScorer } from "../ports/token-scorer.ts";
import { openSavedTokens, savedTokens } from "../tokens/saved-tokens.ts";
import { TokenTable } from "../tokens/token-table.ts";
import type { Derived, DerivedKind } from "./derived.ts";
import { type SavedSection, savedSection } from "./snapshot-format.ts";

/** The token vectors of passages, by row. As with vectors, new rows are added before any entry owns them. */
export class DerivedTokens implements Derived {
  readonly table: TokenTable;
  readonly #scorer: TokenScorer;

  constructor(table: TokenTable, scorer: TokenScorer) {
    this.table = table;
    this.#scorer = scorer;
  }

  static kind(scorer: TokenScorer): DerivedKind<DerivedTokens> {
    return {
      create: async () => new DerivedTokens(new TokenTable(), scorer),
      open: async (section) => new DerivedTokens(await openSavedTokens(section), scorer),
    };
  }

  /** Late interactions by row. Rows without token vectors of the space are left out. */
  compare(query: QueryTokens, rows: readonly number[], space: string): ReadonlyMap<number, number> {
    const found = rows.flatMap((row) => {
      const tokens = this.table.get(row, space);
      return tokens ? [{ row, tokens }] : [];
    });
    const scores = this.#scorer.score(
      query,
      found.map(({ tokens }) => tokens),
    );
    return new Map(found.map(({ row }, i) => [row, scores[i]!]));
  }

  async prepare(entries: readonly StoredEntry[]): Promise<void> {
    for (const { passages, tokens } of entries) {
      if (tokens)
        this.table.add(
          passages.map(({ row }) => row),
          tokens,
        );
    }
  }

  async clean(rows: readonly number[]): Promise<void> {
    for (const row of rows) this.table.delete(row);
  }

  async saved(): Promise<SavedSection> {
    return savedSection(await savedTokens(this.table));
  }

  async close(): Promise<void> {}
}
