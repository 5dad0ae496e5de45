/** Milliseconds of the work during which callers wait for it. */
const PATIENCE_MS = 300;
/** Milliseconds between two checks after that. */
const CHECK_MS = 50;

export interface PatienceOptions {
  /** Callers always wait until this amount of the work is done. */
  readonly always: number;
  /** Work that has not called `note` for this many milliseconds counts as cut off: callers wait for the work that replaces it. */
  readonly cutOffMs?: number | undefined;
}

/**
 * Limits how long callers wait for one long piece of work. They wait until it has run for a while and done the amount `always`, and
 * then continue without it. Each caller waits by a timer of its own, because in an isolate no request may depend on another's.
 */
export class Patience {
  readonly #always: number;
  readonly #cutOffMs: number;
  #began = 0;
  #heard = 0;
  #isOver = false;

  constructor({ always, cutOffMs = Number.POSITIVE_INFINITY }: PatienceOptions) {
    this.#always = always;
    this.#cutOffMs = cutOffMs;
  }

  /** Resolves with `work`, which waits for the long work's end, or earlier when callers need not wait any more. Fails as `work` does. */
  wait(work: () => Promise<void>): Promise<void> {
    if (this.#isGone) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const check = () => {
        if (this.#isGone) resolve();
        else timer = setTimeout(check, CHECK_MS);
      };
      let timer = setTimeout(check, PATIENCE_MS);
      work()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  get #isGone(): boolean {
    return this.#isOver && performance.now() - this.#heard < this.#cutOffMs;
  }

  begin(): void {
    this.#began = performance.now();
    this.#heard = this.#began;
    this.#isOver = false;
  }

  /** The work calls this regularly, with the amount that is done. */
  note(done: number): void {
    this.#heard = performance.now();
    if (done >= this.#always && this.#heard - this.#began >= PATIENCE_MS) this.#isOver = true;
  }

  end(): void {
    this.#isOver = false;
  }
}
