/** A query, the only note that answers it, and notes that are easily taken for it. */
export interface AskedNote {
  readonly query: string;
  /** The words that no other note holds in this form. */
  readonly words: string;
  readonly right: string;
  readonly decoys: readonly string[];
  /** A query for a code or number that is like the right one, and that no note holds. */
  readonly unanswerable?: string;
}
