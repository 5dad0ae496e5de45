import { AbortedError, throwIfAborted } from "@pipit/core";

export interface RoomLimits {
  /** The most answers that are computed at a time. */
  readonly atATime: number;
  /** Bytes of unsent answers: while there are more, no work begins. */
  readonly unsentBytes: number;
}

interface Answer {
  readonly body: Uint8Array;
}

/**
 * Bounds the memory of answers. An answer may be a thousand times the size of its request, so that limits on requests do not bound
 * memory. Work that finds no room waits in the order of arrival.
 */
export class AnswerRoom {
  private readonly limits: RoomLimits;
  /** Functions that begin waiting work, in the order of arrival. */
  private readonly waiting = new Set<() => void>();
  private working = 0;
  private unsent = 0;

  constructor(limits: RoomLimits) {
    this.limits = limits;
  }

  /** Runs `work` when there is room. The answer counts as unsent until `sent` is called. An abort while waiting fails with `aborted`. */
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

  /** Call it when an answer was sent, or will not be. */
  sent(bytes: number): void {
    this.unsent -= bytes;
    this.begin();
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((start, fail) => {
      const leave = () => {
        this.waiting.delete(start);
        fail(new AbortedError(signal.reason));
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
