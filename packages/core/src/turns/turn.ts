import { PipitError } from "../errors.ts";

/** One holder's turn. It is lost when a waiter took over because the holder made no step for too long. */
export class Turn {
  /** Steps so far; 0 before the holder began. */
  steps = 0;
  lost = false;

  /** Long work calls this regularly to show that it still runs. Throws `storage-blocked` once the turn is lost, which ends the work. */
  step(): void {
    if (this.lost) throw lostTurn();
    this.steps++;
  }
}

function lostTurn(): PipitError {
  return new PipitError("storage-blocked", {
    got: "work without progress, whose turn another call took over",
    expected: "work that makes regular steps",
    do: "Send it again; what was acknowledged before is stored.",
  });
}
