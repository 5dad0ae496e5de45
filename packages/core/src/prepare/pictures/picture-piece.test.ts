import { expect, test } from "vitest";
import { picturePiece } from "./picture-piece.ts";

const pixels = Uint8Array.from({ length: 36 }, (_, at) => at);
const picture = { width: 4, height: 3, pixels };

test("a picture is known by its file, or else by its size and pixels", () => {
  expect(picturePiece(picture, "ab")).toEqual({ modality: "picture", picture, digest: "ab" });
  const { digest } = picturePiece(picture);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(picturePiece({ ...picture, pixels: pixels.slice() }).digest).toBe(digest);
  expect(picturePiece({ ...picture, width: 3, height: 4 }).digest).not.toBe(digest);
  expect(picturePiece({ ...picture, pixels: pixels.toReversed() }).digest).not.toBe(digest);
});
