import { describe, expect, test } from "vitest";
import { contentOf, textsOf, whyNotPieces } from "./pieces.ts";
import type { Piece } from "./ports/embedder.ts";

const text: Piece = { modality: "text", text: "owl" };
const picture: Piece = {
  modality: "picture",
  picture: { width: 1, height: 1, pixels: new Uint8Array(3) },
  digest: "ab",
};

test("a piece's content is its text, or the digest of its pixels", () => {
  expect([text, picture].map(contentOf)).toEqual(["owl", "ab"]);
});

test("a model of texts refuses other pieces", () => {
  expect(textsOf([text, text])).toEqual(["owl", "owl"]);
  expect(() => textsOf([text, picture])).toThrow(/modality picture/);
});

describe("pieces are refused", () => {
  test("of a modality that an embedder does not read", () => {
    expect(whyNotPieces([text])).toBeUndefined();
    expect(whyNotPieces([text, picture], ["text", "picture"])).toBeUndefined();
    expect(whyNotPieces([text, picture])).toMatchObject({ code: "bad-input", expected: expect.stringMatching("text") });
    expect(whyNotPieces([text], ["picture"])).toMatchObject({ code: "bad-input" });
    expect(whyNotPieces([{ modality: "smell" } as never], ["text", "picture"])).toMatchObject({ code: "bad-input" });
  });

  test.each([
    ["without text", { modality: "text" }],
    ["without a picture", { modality: "picture", digest: "ab" }],
    ["without pixels", { modality: "picture", digest: "ab", picture: { width: 1, height: 1 } }],
    ["with pixels for another size", { ...picture, picture: { width: 2, height: 1, pixels: new Uint8Array(3) } }],
    ["without a digest", { ...picture, digest: undefined }],
  ])("%s", (_, piece) => {
    expect(whyNotPieces([piece as never], ["text", "picture"])).toMatchObject({ code: "bad-input" });
  });
});
