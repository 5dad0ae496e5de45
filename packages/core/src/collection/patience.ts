/** Milliseconds that callers wait for work that others need too. */
const PATIENCE_MS = 300;

/**
 * One long work at a time. Callers wait for it together until it ended, or until it has run for a while and has done as much
 * as is always waited for; after that they go on without it.
 */
export class Patience {
  private readonly always: number;
  private ended: Promise<void> | undefined;
  private enough: Promise<void> | undefined;
  private began = 0;
  private letGo: (() => void) | undefined;

  /** `always` is how much work is waited for however long it takes. */
  constructor(always: number) {
    this.always = always;
  }

  /** Waits for the work that is under way, or begins it. Fails with what the work fails with. */
  wait(begin: () => Promise<void>): Promise<void> {
    if (!this.ended) this.start(begin);
    return Promise.race([this.ended!, this.enough!]);
  }

  /** The same to the end. */
  waitToTheEnd(begin: () => Promise<void>): Promise<void> {
    if (!this.ended) this.start(begin);
    return this.ended!;
  }

  /** Called by the work as it goes on, with how much of it is done. */
  note(done: number): void {
    if (done >= this.always && performance.now() - this.began >= PATIENCE_MS) this.letGo?.();
  }

  private start(begin: () => Promise<void>): void {
    this.began = performance.now();
    this.enough = new Promise((resolve) => {
      this.letGo = resolve;
    });
    const ended = begin().finally(() => {
      this.ended = undefined;
      this.letGo = undefined;
    });
    // Whoever waited to the end hears of a failure; the next caller begins anew and meets it again.
    ended.catch(() => undefined);
    this.ended = ended;
  }
}
