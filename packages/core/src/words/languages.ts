import { badInput } from "../bad-input.ts";
import { stopWordsOf } from "./stop-words.ts";
import type { WordIndexOptions } from "./word-index.ts";

/** Loaded when a collection of the language is opened, because each is some kilobytes. */
const STEMMERS = {
  ar: () => import("@orama/stemmers/arabic"),
  bg: () => import("@orama/stemmers/bulgarian"),
  da: () => import("@orama/stemmers/danish"),
  de: () => import("@orama/stemmers/german"),
  el: () => import("@orama/stemmers/greek"),
  en: () => import("@orama/stemmers/english"),
  es: () => import("@orama/stemmers/spanish"),
  fi: () => import("@orama/stemmers/finnish"),
  fr: () => import("@orama/stemmers/french"),
  hu: () => import("@orama/stemmers/hungarian"),
  id: () => import("@orama/stemmers/indonesian"),
  it: () => import("@orama/stemmers/italian"),
  lt: () => import("@orama/stemmers/lithuanian"),
  nb: () => import("@orama/stemmers/norwegian"),
  nl: () => import("@orama/stemmers/dutch"),
  nn: () => import("@orama/stemmers/norwegian"),
  no: () => import("@orama/stemmers/norwegian"),
  pt: () => import("@orama/stemmers/portuguese"),
  ro: () => import("@orama/stemmers/romanian"),
  ru: () => import("@orama/stemmers/russian"),
  sv: () => import("@orama/stemmers/swedish"),
  tr: () => import("@orama/stemmers/turkish"),
};

/** Languages that write compounds as one word. */
const COMPOUNDING = new Set(["da", "de", "fi", "hu", "nb", "nl", "nn", "no", "sv"]);

export type StemmedLanguage = keyof typeof STEMMERS;

const TAG = /^[a-z]{2,3}(?:-[a-z0-9]{1,8})*$/i;

/** Returns a BCP 47 tag as it is. Fails with `bad-input`; `setting` names what holds the tag. */
export function checkedLanguage(tag: string, setting = "language"): string {
  if (typeof tag === "string" && TAG.test(tag)) return tag;
  throw badInput(tag, `${setting} as a BCP 47 tag, such as "en" or "de-AT"`, "Leave it out for English.");
}

export function isEnglish(tag: string): boolean {
  return /^en\b/i.test(tag);
}

/** Stemmer, stop words and compounding by the primary subtag of a BCP 47 tag ("de" of "de-AT"). Neither for a language without them. */
export async function wordsOfLanguage(tag: string): Promise<WordIndexOptions> {
  const [language = ""] = tag.toLowerCase().split("-");
  const stopWords = stopWordsOf(language);
  if (!Object.hasOwn(STEMMERS, language)) return { stopWords };
  const { stemmer } = await STEMMERS[language as StemmedLanguage]();
  const isCompounding = COMPOUNDING.has(language);
  return { stem: stemmer, stopWords, ...(isCompounding && { isCompounding }) };
}
