// A batch that takes between these times is worth a transaction, and short enough to show progress.
const QUICK_MS = 100;
const SLOW_MS = 1000;
const FIRST = 64;
const MOST = 512;
const LEAST = 8;

/** The number of entries of a batch: doubled after a fast batch, halved after a slow one. It suits models of any speed. */
export class Pace {
  entries: number;

  /** Without a model a batch takes as long as its transaction, so that it begins with the most entries. */
  constructor(work: "embedded" | "stored" = "embedded") {
    this.entries = work === "stored" ? MOST : FIRST;
  }

  took(milliseconds: number): void {
    if (milliseconds < QUICK_MS) this.entries = Math.min(MOST, this.entries * 2);
    else if (milliseconds > SLOW_MS) this.entries = Math.max(LEAST, this.entries / 2);
  }
}
