// A batch that takes between these times is worth a transaction, and short enough to show progress.
const QUICK_MS = 100;
const SLOW_MS = 1000;
const FIRST = { embedded: 64, stored: 256 };
const MOST = 512;
const LEAST = 8;

/**
 * The number of entries of a batch: doubled after a fast batch, halved after a slow one. It suits models of any speed. Without a model a batch
 * takes as long as its transaction, so that all but the first have the most entries: that one is found the sooner.
 */
export class Pace {
  readonly #work: "embedded" | "stored";
  entries: number;

  constructor(work: "embedded" | "stored" = "embedded") {
    this.#work = work;
    this.entries = FIRST[work];
  }

  took(milliseconds: number): void {
    if (this.#work === "stored") this.entries = MOST;
    else if (milliseconds < QUICK_MS) this.entries = Math.min(MOST, this.entries * 2);
    else if (milliseconds > SLOW_MS) this.entries = Math.max(LEAST, this.entries / 2);
  }
}
