import { expect, test } from "vitest";
import { textPiece } from "./text-piece.ts";

test.each(["\v", "\f", "\u0085"])("%j between words is no control character to be dropped, but a line end", (end) => {
  expect(textPiece(`reed${end}warbler`).text).toBe("reed\nwarbler");
});
