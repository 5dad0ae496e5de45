/** Milliseconds that callers wait for work that others need too. */
const PATIENCE_MS = 300;
/** Between two looks whether there is still patience, after that. */
const LOOK_MS = 50;

export interface PatienceOptions {
  /** How much work is waited for however long it takes. */
  readonly always: number;
  /** Work that said nothing for so many milliseconds was cut off: callers wait for what takes its place. */
  readonly cutOffMs?: number | undefined;
}

/**
 * One long work at a time, for which callers wait until it has run for a while and has done as much as is always waited for;
 * after that they go on without it. Each waits by a clock of its own, because in an isolate no request may depend on another's.
 */
export class Patience {
  private readonly always: number;
  private readonly cutOffMs: number;
  private began = 0;
  private heard = 0;
  private isOver = false;

  constructor({ always, cutOffMs = Number.POSITIVE_INFINITY }: PatienceOptions) {
    this.always = always;
    this.cutOffMs = cutOffMs;
  }

  /** Waits for `work`, which ends when the long work has ended, or for as long as there is patience. Fails as it does. */
  wait(work: () => Promise<void>): Promise<void> {
    if (this.isGone) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.isGone) resolve();
        else timer = setTimeout(look, LOOK_MS);
      };
      let timer = setTimeout(look, PATIENCE_MS);
      work()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  private get isGone(): boolean {
    return this.isOver && performance.now() - this.heard < this.cutOffMs;
  }

  begin(): void {
    this.began = performance.now();
    this.heard = this.began;
    this.isOver = false;
  }

  /** Called by the work as it goes on, with how much of it is done. */
  note(done: number): void {
    this.heard = performance.now();
    if (done >= this.always && this.heard - this.began >= PATIENCE_MS) this.isOver = true;
  }

  end(): void {
    this.isOver = false;
  }
}
