import { expect, test } from "vitest";
import { textPiece } from "./text-piece.ts";

test.each(["\v", "\f", "\u0085"])("%j between words is no control character to be dropped, but a line end", (end) => {
  expect(textPiece(`reed${end}warbler`).text).toBe("reed\nwarbler");
});

test("a mark that the reference tokenizer does not know as one is no other piece without it", () => {
  expect(textPiece("bird\u{1abf}song").text).not.toBe("bird\u{1abf}song");
});

test("a text that was once tokenized otherwise is another piece, so that no old vector stands for it", () => {
  expect(textPiece("ΟΔΟΣ").text).not.toBe("ΟΔΟΣ");
  expect(textPiece("song \u{20000}").text).not.toBe("song \u{20000}");
  expect(textPiece("Ein Zaunkönig, 草").text).toBe("Ein Zaunkönig, 草");
});
