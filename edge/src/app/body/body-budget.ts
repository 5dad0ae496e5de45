import { HTTP_LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/** A body younger than this is never cut off. */
const LEAST_MS = 1_000;
/** Rates are compared over the last 2,000 milliseconds. */
const WINDOW_MS = 2_000;

/** The place of one body in the budget. */
export interface BodyPlace {
  /** Aborted when the body is cut off to make room for others. */
  readonly signal: AbortSignal;
  /** Fails with a 503 when the bodies under way leave no room. */
  take(bytes: number): void;
  /** The whole body has arrived: it is worked on now, and is no longer cut off. */
  arrived(): void;
  giveBack(): void;
}

interface Body {
  readonly since: number;
  readonly stop: AbortController;
  taken: number;
  /** `taken` at the beginning of the window, and the time of that. */
  before: { readonly taken: number; readonly at: number };
}

/**
 * Limits the bytes of all bodies that are being read or worked on. A limit per body does not bound memory when there are many
 * connections. If there is no room, the body that arrives slowest is cut off: otherwise a few callers who send large ones byte by byte
 * would shut out all others.
 */
export class BodyBudget {
  readonly #mostBytes: number;
  readonly #arriving = new Set<Body>();
  #taken = 0;

  constructor(mostBytes: number = HTTP_LIMITS.bodyBytesTogether) {
    this.#mostBytes = mostBytes;
  }

  open(): BodyPlace {
    const now = performance.now();
    const body: Body = { since: now, stop: new AbortController(), taken: 0, before: { taken: 0, at: now } };
    this.#arriving.add(body);
    return {
      signal: body.stop.signal,
      take: (bytes) => this.#take(body, bytes),
      arrived: () => void this.#arriving.delete(body),
      giveBack: () => this.#giveBack(body),
    };
  }

  #take(body: Body, bytes: number): void {
    body.stop.signal.throwIfAborted();
    while (this.#taken + bytes > this.#mostBytes) {
      const slowest = this.#slowestBut(body);
      if (!slowest) throw busy();
      slowest.stop.abort(busy({ Connection: "close" }));
      this.#giveBack(slowest);
    }
    this.#taken += bytes;
    body.taken += bytes;
    const now = performance.now();
    if (now - body.before.at > WINDOW_MS) body.before = { taken: body.taken, at: now };
  }

  #giveBack(body: Body): void {
    this.#arriving.delete(body);
    this.#taken -= body.taken;
    body.taken = 0;
  }

  #slowestBut(own: Body): Body | undefined {
    const now = performance.now();
    const rate = ({ taken, before }: Body) => (taken - before.taken) / (now - before.at + 1);
    const others = [...this.#arriving].filter((body) => body !== own && body.taken > 0 && now - body.since > LEAST_MS);
    return others.sort((a, b) => rate(a) - rate(b))[0];
  }
}

function busy(more: Record<string, string> = {}): Refusal {
  return new Refusal(503, {
    code: "busy",
    got: "a body while other bodies take all the room",
    expected: `at most ${HTTP_LIMITS.bodyBytesTogether} bytes of all bodies under way`,
    do: "Try again in a moment, or send fewer entries in a call.",
    headers: { "Retry-After": "1", ...more },
  });
}
