import { describe, expect, test } from "vitest";
import { splitPassages } from "./passages.ts";

const window = { limit: 20, count: (text: string) => text.split(/\s+/).filter(Boolean).length };
const passages = (text: string) => splitPassages(text, window).map(({ start, end }) => text.slice(start, end));

const owl = "The barn owl hunts over meadows at night on silent wings.";
const lark = "The skylark climbs above the fields, singing for minutes at a time.";

const short = "one two three four five six seven eight";

describe("paragraphs", () => {
  test("are passages of their own, also where both would fit one window", () => {
    expect(passages(`${owl}\n\n${lark}`)).toEqual([owl, lark]);
  });

  test("end at blank lines of any kind, not at single line breaks", () => {
    expect(passages(`${owl}\r\n \t\r\n\n${lark}`)).toEqual([owl, lark]);
    expect(passages("one two three four\nfive six seven eight")).toEqual(["one two three four\nfive six seven eight"]);
  });

  test.each([
    "\n\n",
    "\r\n\r\n",
    "\r\r",
    "\r\n\n",
    "\n\r\n",
    "\n \t\r",
    "\u0085\u0085",
    "\u2028\u2028",
    "\v\v",
    "\n\u0085",
    "\f",
    "\r\n\f",
    "\u2029",
  ])("end at %j", (space) => {
    expect(passages(`${owl}${space}${lark}`)).toEqual([owl, lark]);
  });

  test.each(["\n", "\r\n", "\r", "\u0085", "\u2028", "\v"])("go on over one %j", (space) => {
    expect(passages(`${short}${space}${short}`)).toEqual([`${short}${space}${short}`]);
  });

  test("of invisible characters only are left out", () => {
    expect(passages(`${owl}\n\n${"\u200b ".repeat(9)}\n\n${lark}\u0085`)).toEqual([owl, lark]);
  });

  test("a heading goes with what follows it, a short ending with what came before", () => {
    expect(passages(`Owls\n\n${owl}\n\n${lark}\n\nThe end.`)).toEqual([`Owls\n\n${owl}`, `${lark}\n\nThe end.`]);
  });

  test("nothing but short lines is packed as one text", () => {
    expect(passages("a\n\nb\n\nc")).toEqual(["a\n\nb\n\nc"]);
  });

  test("one longer than the window is cut at sentences, the others are left whole", () => {
    const long = `${owl} ${lark} ${owl}`;
    expect(passages(`${lark}\n\n${long}`)).toEqual([lark, owl, lark, owl]);
  });
});
