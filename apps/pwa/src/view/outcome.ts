import type { IntakeSummary } from "../files/intake.ts";
import { counted, withCommas } from "./words.ts";

/** The result of an intake in sentences. */
export function outcomeOf(summary: Omit<IntakeSummary, "skipped">): string {
  const { stored, replaced, cut, unread, guessed, emptied, cancelled, failure } = summary;
  const nothing = stored + cut + emptied.length === 0;
  const kept = stored === 0 ? "" : `${counted(stored, "file")} stored and searchable.`;
  return [
    cancelled ? (nothing ? "Stopped." : "Stopped. What was stored stays:") : "",
    nothing ? "Nothing was stored." : kept,
    failure === undefined || nothing ? "" : "The others were not stored.",
    cut === 0 ? "" : `Of ${counted(cut, "file")} only the beginning is stored.`,
    unread === 0 ? "" : `${counted(unread, "file")} in a script that the model does not read, found by words only.`,
    guessed === 0
      ? ""
      : `${counted(guessed, "file")} of no known encoding, read as Western European text. If that is wrong, save as UTF-8 and add again.`,
    replaced === 0 ? "" : `${withCommas(replaced)} took the place of what was stored under the same name.`,
    emptiedSentence(emptied),
  ]
    .filter(Boolean)
    .join(" ");
}

function emptiedSentence(emptied: readonly string[]): string {
  if (emptied.length === 0) return "";
  if (emptied.length === 1) return `${emptied[0]} is empty now, and what was stored of it is removed.`;
  return `${withCommas(emptied.length)} files are empty now, and what was stored of them is removed.`;
}
