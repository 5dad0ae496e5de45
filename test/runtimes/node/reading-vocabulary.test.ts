import { readingOf } from "@pipit/core/reading";
import { readStarterFile } from "@pipit/starter/starter-file";
import { wordPiece } from "@pipit/starter/wordpiece";
import { expect, test } from "vitest";
import { everyCharacter } from "../../fixtures/every-character.ts";
import { shippedFile } from "../../fixtures/shipped-starter.ts";

const { tokens } = readStarterFile(shippedFile());
const { ids } = wordPiece(tokens);
const UNKNOWN = tokens.indexOf("[UNK]");

// Punctuation is a word by itself and has no content; U+FFFD is dropped.
const isContent = (character: string) => /(?!\ufffd)[\p{L}\p{N}\p{S}]/u.test(character);
// The vocabulary has letters of other scripts too, but the model was not trained on texts in them.
const isOfItsScripts = (character: string) => /[\p{scx=Latin}\p{scx=Common}\p{Script=Greek}]/u.test(character);

test("a character, alone or within a word, is read when the shipped vocabulary has it, and only then", () => {
  const wrong: string[] = [];
  for (const text of everyCharacter()) {
    const character = text.replace(/^bird|song$/g, "");
    if (!isContent(character)) continue;
    const isKnown = isOfItsScripts(character) && !ids(text, 254).includes(UNKNOWN);
    const isRead = readingOf(text, ["Latin"]).shareOf({ start: 0, end: text.length }) === 1;
    if (isRead !== isKnown) wrong.push(text);
  }
  expect(wrong).toEqual([]);
}, 120_000);
