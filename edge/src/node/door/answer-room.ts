import { AbortedError, throwIfAborted } from "@pipit/core";
import { Refusal } from "../../app/refusal.ts";

export interface RoomLimits {
  /** The most answers that are computed at a time. */
  readonly atATime: number;
  /** The limit of bytes of unsent answers. The answers that wait for room have the same limit. */
  readonly unsentBytes: number;
  /** An answer of at most this many bytes needs no room. Default 64 KiB. */
  readonly smallBytes?: number | undefined;
  /** Milliseconds after which an unsent answer is cut if another waits for its room. An answer waits at most twice as long. Default 2,000. */
  readonly slowMs?: number | undefined;
}

interface Answer {
  readonly body: Uint8Array;
}

export interface Held<T> {
  readonly answer: T;
  /** Call it when the answer was sent, or will not be. */
  sent(): void;
}

interface Unsent {
  readonly bytes: number;
  readonly since: number;
  readonly cut: () => void;
}

const SMALL_BYTES = 64 * 1024;
const SLOW_MS = 2_000;

/**
 * Bounds the memory of answers. An answer may be a thousand times the size of its request, so that limits on requests do not bound
 * memory. Work that finds no room waits in the order of arrival. Slow readers delay only callers whose answers are large:
 * these wait for room, and the slowest reader's answer is cut for them.
 */
export class AnswerRoom {
  readonly #limits: Required<{ [name in keyof RoomLimits]: number }>;
  /** Functions that begin waiting work, in the order of arrival. */
  readonly #waiting = new Set<() => void>();
  #working = 0;
  /** Unsent answers in the order in which they were computed. */
  readonly #unsent = new Set<Unsent>();
  #unsentBytes = 0;
  /** Computed answers that wait for room, in their order. */
  readonly #large = new Set<{ readonly bytes: number; readonly enter: () => void }>();
  #largeBytes = 0;

  constructor({ atATime, unsentBytes, smallBytes = SMALL_BYTES, slowMs = SLOW_MS }: RoomLimits) {
    this.#limits = { atATime, unsentBytes, smallBytes, slowMs };
  }

  /**
   * Runs `work` when there is room. `cut` ends the connection of a caller that reads too slowly. An abort while waiting fails with
   * `aborted`. A large answer fails with `busy` if unread ones take all the room.
   */
  async answer<T extends Answer>(work: () => Promise<T>, signal: AbortSignal, cut: () => void): Promise<Held<T>> {
    throwIfAborted(signal);
    await this.#turn(signal);
    let answer: T;
    try {
      answer = await work();
    } finally {
      this.#working--;
      this.#begin();
    }
    const bytes = answer.body.byteLength;
    if (bytes <= this.#limits.smallBytes) return { answer, sent: () => undefined };
    throwIfAborted(signal);
    if (this.#hasRoom(bytes)) this.#unsentBytes += bytes;
    else await this.#roomFor(bytes, signal);
    const held = { bytes, since: performance.now(), cut };
    this.#unsent.add(held);
    return { answer, sent: () => this.#leave(held) };
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((start, fail) => {
      const leave = () => {
        this.#waiting.delete(start);
        fail(new AbortedError(signal.reason));
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.add(start);
      this.#begin();
    });
  }

  #begin(): void {
    for (const start of this.#waiting) {
      if (this.#working >= this.#limits.atATime) return;
      this.#waiting.delete(start);
      this.#working++;
      start();
    }
  }

  /** If no other answer is held, one is admitted whatever its size. */
  #hasRoom(bytes: number): boolean {
    return this.#unsentBytes === 0 || this.#unsentBytes + bytes <= this.#limits.unsentBytes;
  }

  #roomFor(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#largeBytes > 0 && this.#largeBytes + bytes > this.#limits.unsentBytes) throw busy();
    this.#largeBytes += bytes;
    const { slowMs } = this.#limits;
    const began = performance.now();
    return new Promise((enter, refuse) => {
      const end = () => {
        clearInterval(cutting);
        signal.removeEventListener("abort", leave);
        this.#large.delete(place);
        this.#largeBytes -= bytes;
      };
      const fail = (error: unknown) => {
        end();
        refuse(error);
      };
      const leave = () => fail(new AbortedError(signal.reason));
      const place = {
        bytes,
        enter: () => {
          end();
          // At once, so that the next answer that leaves finds this room taken.
          this.#unsentBytes += bytes;
          enter();
        },
      };
      const cutting = setInterval(() => {
        this.#cutSlow();
        if (this.#large.has(place) && performance.now() - began > 2 * slowMs) fail(busy());
      }, slowMs / 4);
      signal.addEventListener("abort", leave);
      this.#large.add(place);
    });
  }

  /** Cuts answers that have been unsent for long, the oldest first, until the first waiting answer has room. */
  #cutSlow(): void {
    const [first] = this.#large;
    if (!first) return;
    const old = performance.now() - this.#limits.slowMs;
    for (const { since, cut } of [...this.#unsent]) {
      if (since > old || this.#hasRoom(first.bytes)) return;
      cut();
    }
  }

  #leave(held: Unsent): void {
    if (!this.#unsent.delete(held)) return;
    this.#unsentBytes -= held.bytes;
    for (const { bytes, enter } of this.#large) {
      if (!this.#hasRoom(bytes)) return;
      enter();
    }
  }
}

function busy(): Refusal {
  return new Refusal(503, {
    code: "busy",
    got: "a large answer while others that are not read take all the room",
    expected: "room for it",
    do: "Try again in a moment, or ask for fewer hits with `k`.",
    headers: { "Retry-After": "1" },
  });
}
