import type { SearchResult } from "@pipit/core";
import { counted } from "./words.ts";

/** An answer in a sentence. `shown` counts birds and documents, of which several hits may be parts. */
export function statusOf(
  { hits, weak, unread, partial }: Pick<SearchResult, "hits" | "weak" | "unread" | "partial">,
  shown: number,
): string {
  const how = hits.length === 0 ? "only its words were compared" : "found by its words";
  const reason = unread ? `The model does not read this: ${how}.` : "";
  if (hits.length === 0 && partial) return "Nothing has these words. The search by meaning is not there yet.";
  if (hits.length === 0) return ["Nothing found here.", reason].filter(Boolean).join(" ");
  if (weak) return ["No good match.", reason, "These come nearest:"].filter(Boolean).join(" ");
  return [`${counted(shown, "hit")}.`, reason].filter(Boolean).join(" ");
}
