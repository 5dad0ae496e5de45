import type { EntryStore } from "../ports/entry-store.ts";
import type { TokenScorer } from "../ports/token-scorer.ts";
import type { IndexKind } from "../ports/vector-index.ts";
import type { WordMeanings } from "../ports/word-meanings.ts";
import type { CosineRelevance } from "../search/cosine-relevance.ts";
import type { Space } from "../space.ts";
import { checkedLanguage } from "../words/languages.ts";
import type { DerivedKind } from "./derived.ts";
import { DerivedTokens } from "./derived-tokens.ts";
import { DerivedVectors, vectorsIn, vectorsOfPassages } from "./derived-vectors.ts";
import { DerivedWords } from "./derived-words.ts";

/** A space beside the store's own, such as that of pictures. */
export interface FurtherSpace {
  readonly space: Space;
  /** Default: the collection's. */
  readonly index?: IndexKind | undefined;
  readonly relevance: CosineRelevance;
}

export interface DerivedSources {
  readonly store: EntryStore;
  readonly index: IndexKind;
  /** Spaces of which vectors are kept too. Default: none. */
  readonly further?: readonly FurtherSpace[] | undefined;
  /** BCP 47 tag of the language of the entries: its inflections and words of little meaning are known to the index of words. Default "en". */
  readonly language?: string | undefined;
  /** Words of near meaning, in English: they are not used for entries of another language. */
  readonly meanings?: WordMeanings | undefined;
  /** Compares token vectors. Without it they are stored, and take no memory. */
  readonly scorer?: TokenScorer | undefined;
}

/** The name of the index of a further space, by the id of that. */
export function furtherName(space: string): FurtherName {
  return `space ${space.slice(0, 16)}`;
}

type FurtherName = `space ${string}`;

/** The indexes of a collection. A name is also that of the section in a snapshot. */
export function derivedKinds({ store, index, further = [], language = "en", meanings, scorer }: DerivedSources) {
  const inSpaces: Record<FurtherName, DerivedKind<DerivedVectors>> = {};
  for (const { space, index: own = index } of further) {
    inSpaces[furtherName(space.id)] = DerivedVectors.kind(own, space.dimensions, vectorsIn(space.id));
  }
  const own = {
    vectors: DerivedVectors.kind(index, store.space.dimensions, vectorsOfPassages),
    words: DerivedWords.kind(checkedLanguage(language), meanings),
    ...(scorer && { tokens: DerivedTokens.kind(scorer) }),
  };
  return Object.assign(own, inSpaces);
}

type Kinds = ReturnType<typeof derivedKinds>;
export type DerivedName = keyof Kinds;
export type DerivedParts = { readonly [N in DerivedName]: Kinds[N] extends DerivedKind<infer D> ? D : never };
