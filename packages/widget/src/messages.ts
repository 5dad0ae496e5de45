import type { Remedy } from "./remedy.ts";

/** Every word the element shows or speaks. Hand some or all of them to its `messages` property to translate it. */
export interface Messages {
  /** Names the trigger, the dialog and the field. */
  readonly label: string;
  readonly placeholder: string;
  /** Shown while nothing is typed. */
  readonly invitation: string;
  readonly close: string;
  /** Names the list of hits. */
  readonly hits: string;
  readonly searching: string;
  /** Entries made searchable so far, and of how many where that is known. */
  preparing(done: number, total: number | undefined): string;
  results(count: number): string;
  noResults(query: string): string;
  /** Opens the note that says what went wrong. */
  readonly failed: string;
  /** What the reader can do about it. Its reason is for the site's owner, and goes to the console. */
  advice(remedy: Remedy): string;
  /** The likeness of a hit, `percent` already written in the page's language. */
  likeness(percent: string): string;
  /** In place of the likeness, where words were compared. */
  readonly byWords: string;
  /** Said where the query is in a script that the model does not read. */
  readonly unread: string;
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
  likeness: (percent) => `${percent} alike`,
  byWords: "by its words",
  unread: "The model does not read this script: found by its words.",
  keyOpen: "open",
  keyNewTab: "new tab",
  keyClose: "close",
};
