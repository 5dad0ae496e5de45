import { WorkerLife } from "./worker-life.ts";

/** The worker that the engines of a tab share: started by the first call, again after a death, ended with its last engine. */
export class TabWorker {
  readonly #make: () => Worker;
  #life: WorkerLife | undefined;
  #started: Promise<void> = Promise.resolve();
  #users = 0;

  constructor(make: () => Worker) {
    this.#make = make;
  }

  /** A life that answers. Fails with `worker-died` when a fresh worker does not start; the next call tries again. */
  async life(): Promise<WorkerLife> {
    if (!this.#life || this.#life.dead) {
      this.#life = new WorkerLife(this.#make());
      this.#started = this.#life.start();
    }
    const life = this.#life;
    await this.#started;
    return life;
  }

  join(): void {
    this.#users++;
  }

  /** Ending the worker is the only way to give back the memory that models took. */
  leave(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#life?.end();
    this.#life = undefined;
  }
}
