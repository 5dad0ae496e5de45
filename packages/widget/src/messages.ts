import type { Remedy } from "./remedy.ts";

/** All texts that the element shows or speaks. Set some or all in its `messages` property to translate it. */
export interface Messages {
  /** The name of the trigger, the dialog and the field. */
  readonly label: string;
  readonly placeholder: string;
  /** Shown while the field is empty. */
  readonly invitation: string;
  readonly close: string;
  /** The name of the list of hits. */
  readonly hits: string;
  readonly searching: string;
  /** Progress: entries that are searchable, and their total if it is known. */
  preparing(done: number, total: number | undefined): string;
  results(count: number): string;
  noResults(query: string): string;
  /** The first sentence of the note about a failure. */
  readonly failed: string;
  /** The action that the reader can take after a failure. The reason is for the site's owner and is written to the console. */
  advice(remedy: Remedy): string;
  /** Says of a hit that only its words were compared. */
  readonly byWords: string;
  /** The first sentence, and the one after it, where nothing that was found is likely to answer the query. */
  readonly weak: string;
  readonly weakAdvice: string;
  /** Shown for a query in a script that the model does not read. */
  readonly unread: string;
  /** The choice of no value in the list of a field's values. */
  anyValue(field: string): string;
  readonly keyOpen: string;
  readonly keyNewTab: string;
  readonly keyClose: string;
}

const ADVICE: Readonly<Record<Remedy, string>> = {
  wait: "Please try again in a moment.",
  reload: "Please reload the page.",
  tabs: "Please close other tabs of this site.",
  words: "Please try other words.",
  none: "Search is not available at the moment.",
};

export const english: Messages = {
  label: "Search",
  placeholder: "What are you looking for?",
  invitation: "Describe it in your own words. Meaning counts, not spelling.",
  close: "Close search",
  hits: "Results",
  searching: "Searching…",
  preparing: (done, total) => (total ? `Preparing search, ${done} of ${total}` : "Preparing search…"),
  results: (count) => (count === 1 ? "1 result" : `${count} results`),
  noResults: () => "No results",
  failed: "Search did not work",
  advice: (remedy) => ADVICE[remedy],
  byWords: "by its words",
  weak: "No good match",
  weakAdvice: "These come nearest.",
  unread: "The model does not read this script: found by its words.",
  anyValue: (field) => `${field}: any`,
  keyOpen: "open",
  keyNewTab: "new tab",
  keyClose: "close",
};
