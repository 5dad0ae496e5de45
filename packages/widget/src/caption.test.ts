import type { Fields, Hit, Span } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { captionOf, linkOf, type MarkedText } from "./caption.ts";
import { stretchesOf } from "./stretches.ts";

function hit(text: string, fields?: Fields, matches: readonly Span[] = []): Hit {
  const entry = fields ? { id: "a", text, fields } : { id: "a", text };
  return {
    id: "a",
    score: 1,
    evidence: {},
    entry,
    part: { modality: "text", text, start: 0, end: text.length },
    matches,
  };
}

const caption = (text: string, fields?: Fields) => {
  const { title, passage } = captionOf(hit(text, fields), "");
  return { title: title.text, passage: passage.text };
};

const shown = ({ text, marks }: MarkedText) =>
  stretchesOf(text, marks)
    .map((stretch) => (stretch.marked ? `[${stretch.text}]` : stretch.text))
    .join("");

describe("caption", () => {
  test("an entry's title stands over its passage", () => {
    expect(caption("It sings.", { title: "Pipit" })).toEqual({ title: "Pipit", passage: "It sings." });
  });

  test("without a title the first words are one, and the passage goes on from there", () => {
    const made = caption("one two three four five six seven eight nine ten");
    expect(made).toEqual({ title: "one two three four five six seven eight …", passage: "… nine ten" });
  });

  test("a short text without a title is the title alone", () => {
    expect(caption("one two three")).toEqual({ title: "one two three", passage: "" });
  });

  test("a hit without any text is titled by its id", () => {
    expect(caption(" ")).toEqual({ title: "a", passage: "" });
  });

  test("a title of spaces is no title", () => {
    expect(caption("one two", { title: " " }).title).toBe("one two");
  });

  test("a long passage ends at a word", () => {
    expect(caption("words ".repeat(100), { title: "T" }).passage).toMatch(/^(words )+…$/);
  });

  test("a long passage without spaces is cut all the same", () => {
    expect(caption("草".repeat(400), { title: "T" }).passage.length).toBeLessThan(300);
  });
});

describe("the marks of a caption", () => {
  const words = (text: string, ...found: string[]) =>
    found.map((word) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length }));

  test("stay on their words where white space is closed up", () => {
    const text = "  A  small\n\nbrown bird";
    const { passage } = captionOf(hit(text, { title: "T" }, words(text, "small", "bird")), "");
    expect(shown(passage)).toBe("A [small] brown [bird]");
  });

  test("are shared out between title and passage where the title is made of the first words", () => {
    const text = "one two three four five six seven eight nine ten";
    const { title, passage } = captionOf(hit(text, undefined, words(text, "two", "ten", "eight nine")), "");
    expect(shown(title)).toBe("one [two] three four five six seven [eight] …");
    expect(shown(passage)).toBe("… [nine] [ten]");
  });

  test("of a title of its own are the words of the query", () => {
    expect(shown(captionOf(hit("x", { title: "Barn owl" }, []), "in barns, a barn").title)).toBe("[Barn] owl");
  });

  test("of a title of its own are also the words that are marked in the passage, as after a typing error", () => {
    const text = "The blackbird sings at dusk.";
    const { title } = captionOf(hit(text, { title: "Common Blackbird" }, words(text, "blackbird")), "blackbrid");
    expect(shown(title)).toBe("Common [Blackbird]");
  });

  test("are seen: a passage whose first mark is far from its beginning begins shortly before it", () => {
    const text = `${"before ".repeat(60)}the heron ${"after ".repeat(60)}`;
    const { passage } = captionOf(hit(text, { title: "T" }, words(text, "heron")), "");
    expect(shown(passage)).toMatch(/^… (before ){4,6}the \[heron\] after/);
  });
});

describe("a text that is cut", () => {
  test.each(["🐦", "👩‍👩‍👧‍👦", "e\u0301", "🇳🇴"])("holds %s whole, wherever the cut falls", (character) => {
    for (let offset = 0; offset < 12; offset++) {
      const text = "x".repeat(offset) + character.repeat(300);
      for (const { title, passage } of [caption(text, { title: "T" }), caption(text)]) {
        const left = `${title}${passage}`.replaceAll(character, "").replaceAll(/[xT… ]/g, "");
        expect(left).toBe("");
      }
    }
  });

  test.each(["🐦", "👩‍👩‍👧‍👦", "e\u0301"])("holds %s whole where it begins before a mark", (character) => {
    for (let offset = 0; offset < 12; offset++) {
      const text = `${"x".repeat(offset)}${character.repeat(100)} heron`;
      const matches = [{ start: text.length - 5, end: text.length }];
      const { passage } = captionOf(hit(text, { title: "T" }, matches), "");
      expect(passage.text.replaceAll(character, "").replaceAll("x", "")).toBe("…  heron");
    }
  });

  test("without spaces and a title of its own begins as a title of a line", () => {
    const { title, passage } = caption("草".repeat(400));
    expect(title).toBe(`${"草".repeat(100)} …`);
    expect(passage).toMatch(/^… 草+ …$/);
  });
});

describe("link", () => {
  const base = "https://guide.example/birds/";

  test("a relative url is taken from the page", () => {
    expect(linkOf(hit("t", { url: "robin.html" }), base)).toBe("https://guide.example/birds/robin.html");
  });

  test.each([
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "data:text/html,<script>",
    "vbscript:x",
    "blob:https://a/b",
  ])("%s is not followed", (url) => {
    expect(linkOf(hit("t", { url }), base)).toBeUndefined();
  });

  test("an invalid url gives no link", () => {
    expect(linkOf(hit("t", { url: "http://[" }), base)).toBeUndefined();
  });

  test("an entry without a url gives no link", () => {
    expect(linkOf(hit("t"), base)).toBeUndefined();
  });
});
