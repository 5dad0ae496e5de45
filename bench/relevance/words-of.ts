import { importOutsideText } from "./outside-text.ts";
import type { Language } from "./relevance-set.ts";

/** The names of languages in the packages of Orama, whose stemmers and stop words MiniSearch gets too. */
export const ORAMA_NAMES = { ar: "arabic", de: "german", en: "english", es: "spanish", zh: "mandarin" } as const;

export type Stemmer = (word: string) => string;

/** Undefined for Chinese, whose words have no endings. */
export async function stemmerOf(language: Language): Promise<Stemmer | undefined> {
  if (language === "zh") return undefined;
  const { stemmer } = await importOutsideText<{ stemmer: Stemmer }>(`@orama/stemmers/${ORAMA_NAMES[language]}`);
  return stemmer;
}

export async function stopWordsOf(language: Language): Promise<ReadonlySet<string>> {
  const path = `@orama/stopwords/${ORAMA_NAMES[language]}`;
  return new Set((await importOutsideText<{ stopwords: string[] }>(path)).stopwords);
}
