import { expect, test, vi } from "vitest";
import { piecesOf } from "./stream-pieces.ts";

/** A body with pieces of these lengths; each byte is the number of its piece. `cancel` is called when the rest is not needed. */
function bodyOf(pieces: readonly number[], cancel = vi.fn()) {
  const rest = pieces.map((length, i) => new Uint8Array(length).fill(i + 1));
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const next = rest.shift();
      if (next) controller.enqueue(next);
      else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
    cancel,
  });
  return { body, cancel };
}

test("a body comes whole, in pieces of at most 64 kB through one buffer", async () => {
  const { body, cancel } = bodyOf([3, 100_000, 2]);
  const [lengths, sum] = [[] as number[], { bytes: 0, values: 0 }];
  for await (const piece of piecesOf(body)) {
    lengths.push(piece.length);
    sum.bytes += piece.length;
    for (const value of piece) sum.values += value;
  }
  expect(sum).toEqual({ bytes: 100_005, values: 3 + 200_000 + 6 });
  expect(Math.max(...lengths)).toBeLessThanOrEqual(65_536);
  expect(cancel).not.toHaveBeenCalled();
});

test("a body whose reader stops early is cancelled", async () => {
  const { body, cancel } = bodyOf([10, 10, 10]);
  for await (const _ of piecesOf(body)) break;
  expect(cancel).toHaveBeenCalledOnce();
});

test("a body that fails fails its reader with the reason", async () => {
  const body = new ReadableStream({
    type: "bytes",
    pull() {
      throw new Error("the network is gone");
    },
  });
  await expect(piecesOf(body).next()).rejects.toThrow("the network is gone");
});
