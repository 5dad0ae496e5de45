import { AbortedError, throwIfAborted } from "@pipit/core";

export interface RoomLimits {
  /** Answers that are worked on at a time. */
  readonly atATime: number;
  /** Of answers that wait to be sent: while there are more, no work begins. */
  readonly unsentBytes: number;
}

interface Answer {
  readonly body: Uint8Array;
}

/**
 * Bounds the memory of answers. A request may ask for an answer a thousand times its own size, so that bounds on requests are
 * none on memory. What finds no room waits in the order it came in.
 */
export class AnswerRoom {
  private readonly limits: RoomLimits;
  /** Begins the work of each that waits, the first first. */
  private readonly waiting = new Set<() => void>();
  private working = 0;
  private unsent = 0;

  constructor(limits: RoomLimits) {
    this.limits = limits;
  }

  /** Works in its turn. The answer counts as unsent until `sent` is told of it. Fails with `aborted` while it waits. */
  async answer<T extends Answer>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    await this.turn(signal);
    try {
      const answer = await work();
      this.unsent += answer.body.byteLength;
      return answer;
    } finally {
      this.working--;
      this.begin();
    }
  }

  /** The answer was sent, or will never be. */
  sent(bytes: number): void {
    this.unsent -= bytes;
    this.begin();
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        this.waiting.delete(start);
        reject(new AbortedError(signal.reason));
      };
      signal.addEventListener("abort", leave, { once: true });
      this.waiting.add(start);
      this.begin();
    });
  }

  private begin(): void {
    for (const start of this.waiting) {
      if (this.working >= this.limits.atATime || this.unsent > this.limits.unsentBytes) return;
      this.waiting.delete(start);
      this.working++;
      start();
    }
  }
}
