/** The latest measured durations, in milliseconds, and their median. */
export class Timings {
  readonly #kept: number[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(milliseconds: number): void {
    this.#kept.push(milliseconds);
    if (this.#kept.length > this.#most) this.#kept.shift();
  }

  get median(): number | undefined {
    return this.#kept.toSorted((a, b) => a - b)[this.#kept.length >> 1];
  }
}
