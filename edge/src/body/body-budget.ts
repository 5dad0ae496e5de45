import { HTTP_LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";

/**
 * Limits the bytes of all bodies that are being read or worked on. A limit for each body does not bound memory when there are many
 * connections.
 */
export class BodyBudget {
  private taken = 0;

  /** Fails with a 503 when the bodies under way leave no room. */
  take(bytes: number): void {
    if (this.taken + bytes > HTTP_LIMITS.bodyBytesTogether) throw busy();
    this.taken += bytes;
  }

  giveBack(bytes: number): void {
    this.taken -= bytes;
  }
}

function busy(): Refusal {
  return new Refusal(503, {
    code: "busy",
    got: "a body while other bodies take all the room",
    expected: `at most ${HTTP_LIMITS.bodyBytesTogether} bytes of all bodies under way`,
    do: "Try again in a moment, or send fewer entries in a call.",
    headers: { "Retry-After": "1" },
  });
}
