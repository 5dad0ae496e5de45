import type { SearchResult } from "@pipit/core";
import { counted } from "./words.ts";

/** An answer of an engine that tells whether anything found is likely to answer the question. */
export type RatedResult = SearchResult & { readonly weak?: true | undefined };

/** An answer in a sentence. `shown` counts birds and documents, of which several hits may be parts. */
export function statusOf({ hits, weak, unread }: RatedResult, shown: number): string {
  const reason = unread ? "The model does not read this script: found by its words." : "";
  if (hits.length === 0) return ["Nothing found here.", reason].filter(Boolean).join(" ");
  if (weak) return ["No good match.", reason, "These come nearest:"].filter(Boolean).join(" ");
  return [`${counted(shown, "hit")}.`, reason].filter(Boolean).join(" ");
}
