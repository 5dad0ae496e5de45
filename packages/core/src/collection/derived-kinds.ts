import type { EntryStore } from "../ports/entry-store.ts";
import type { TokenScorer } from "../ports/token-scorer.ts";
import type { IndexKind } from "../ports/vector-index.ts";
import type { WordMeanings } from "../ports/word-meanings.ts";
import { checkedLanguage } from "../words/languages.ts";
import type { DerivedKind } from "./derived.ts";
import { DerivedTokens } from "./derived-tokens.ts";
import { DerivedVectors } from "./derived-vectors.ts";
import { DerivedWords } from "./derived-words.ts";

export interface DerivedSources {
  readonly store: EntryStore;
  readonly index: IndexKind;
  /** BCP 47 tag of the language of the entries: its inflections and words of little meaning are known to the index of words. Default "en". */
  readonly language?: string | undefined;
  /** Words of near meaning, in English: they are not used for entries of another language. */
  readonly meanings?: WordMeanings | undefined;
  /** Compares token vectors. Without it they are stored, and take no memory. */
  readonly scorer?: TokenScorer | undefined;
}

/** The indexes of a collection. A name is also that of the section in a snapshot. */
export function derivedKinds({ store, index, language = "en", meanings, scorer }: DerivedSources) {
  return {
    vectors: DerivedVectors.kind(index, store.space.dimensions),
    words: DerivedWords.kind(checkedLanguage(language), meanings),
    ...(scorer && { tokens: DerivedTokens.kind(scorer) }),
  };
}

type Kinds = ReturnType<typeof derivedKinds>;
export type DerivedName = keyof Kinds;
export type DerivedParts = { readonly [N in DerivedName]: Kinds[N] extends DerivedKind<infer D> ? D : never };
