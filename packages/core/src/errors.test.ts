import { describe, expect, test } from "vitest";
import { AbortedError, isPipitError, PipitError, reviveError, toWireError } from "./errors.ts";

const cause = new Error("disk");
const error = new PipitError("storage-full", { got: "3 MB", expected: "2 MB", do: "Remove something.", cause });

describe("errors", () => {
  test("say what was got, what was expected and what to do, and keep their cause", () => {
    expect(error.message).toBe("got 3 MB, expected 2 MB. Remove something.");
    expect(error.cause).toBe(cause);
  });

  test("keep name, code, facts and stack across a boundary", () => {
    const revived = reviveError(structuredClone(toWireError(error)));
    expect(revived).toMatchObject({ name: "Pipit:storage-full", code: "storage-full", got: "3 MB", do: error.do });
    expect(revived.stack).toBe(error.stack);
    expect(isPipitError(revived, "storage-full")).toBe(true);
  });

  test("an abort keeps the platform's name across a boundary", () => {
    expect(reviveError(toWireError(new AbortedError())).name).toBe("AbortError");
    expect(isPipitError(new AbortedError(), "aborted")).toBe(true);
  });

  test("errors of others stay what they are", () => {
    const revived = reviveError(toWireError(new RangeError("far")));
    expect(revived).toMatchObject({ name: "RangeError", message: "far" });
    expect(isPipitError(revived)).toBe(false);
  });
});
