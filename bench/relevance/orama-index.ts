import { importOutsideText } from "./outside-text.ts";
import type { Language } from "./relevance-set.ts";
import { ORAMA_NAMES, stemmerOf, stopWordsOf } from "./words-of.ts";

/** The part of Orama that is used here. */
export interface Orama {
  create(options: { schema: Record<string, string>; components: { tokenizer: unknown } }): object;
  insertMultiple(index: object, documents: readonly object[]): Promise<unknown>;
  search(
    index: object,
    options: Record<string, unknown>,
  ): Promise<{ readonly hits: readonly { readonly id: string }[] }>;
}

export function loadOrama(): Promise<Orama> {
  return importOutsideText<Orama>("@orama/orama");
}

/** The stemmer and the stop words of the language; for Chinese, Orama's own cutter of words, which ignores both. */
export async function tokenizerOf(language: Language): Promise<unknown> {
  if (language === "zh") return mandarinTokenizer();
  const [stemmer, stopWords] = await Promise.all([stemmerOf(language), stopWordsOf(language)]);
  return { language: ORAMA_NAMES[language], stemming: true, stemmer, stopWords: [...stopWords] };
}

async function mandarinTokenizer(): Promise<unknown> {
  type Mandarin = { createTokenizer(options: { language: string }): unknown };
  const { createTokenizer } = await importOutsideText<Mandarin>("@orama/tokenizers/mandarin");
  return createTokenizer({ language: ORAMA_NAMES.zh });
}
