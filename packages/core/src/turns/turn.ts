import { PipitError } from "../errors.ts";

/** One holder's turn. It is lost when the next one took over because there was no sign of life. */
export class Turn {
  /** Signs of life so far; none before it began. */
  steps = 0;
  lost = false;

  /** A sign of life between two steps of long work, and the end of it when the turn is lost: fails with `storage-blocked`. */
  step(): void {
    if (this.lost) throw lostTurn();
    this.steps++;
  }
}

function lostTurn(): PipitError {
  return new PipitError("storage-blocked", {
    got: "work that stood still for so long that another call took its turn",
    expected: "a step now and then",
    do: "Send it again; what was acknowledged before is stored.",
  });
}
