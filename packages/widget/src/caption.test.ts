import type { Fields, Hit } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { captionOf, linkOf } from "./caption.ts";

function hit(text: string, fields?: Fields): Hit {
  const entry = fields ? { id: "a", text, fields } : { id: "a", text };
  return { id: "a", score: 1, evidence: {}, entry, passage: { text, start: 0, end: text.length }, matches: [] };
}

describe("caption", () => {
  test("an entry's title stands over its passage", () => {
    expect(captionOf(hit("It sings.", { title: "Pipit" }))).toEqual({ title: "Pipit", passage: "It sings." });
  });

  test("without a title the first words are one, and the passage goes on from there", () => {
    const caption = captionOf(hit("one two three four five six seven eight nine ten"));
    expect(caption).toEqual({ title: "one two three four five six seven eight …", passage: "… nine ten" });
  });

  test("a short text without a title is the title alone", () => {
    expect(captionOf(hit("one two three"))).toEqual({ title: "one two three", passage: "" });
  });

  test("a hit without any text is titled by its id", () => {
    expect(captionOf(hit(" "))).toEqual({ title: "a", passage: "" });
  });

  test("a title of spaces is no title", () => {
    expect(captionOf(hit("one two", { title: " " })).title).toBe("one two");
  });

  test("a long passage ends at a word", () => {
    const { passage } = captionOf(hit("words ".repeat(100), { title: "T" }));
    expect(passage).toMatch(/^(words )+…$/);
  });

  test("a long passage without spaces is cut all the same", () => {
    expect(captionOf(hit("草".repeat(400), { title: "T" })).passage.length).toBeLessThan(300);
  });
});

describe("a text that is cut", () => {
  test.each(["🐦", "👩‍👩‍👧‍👦", "e\u0301", "🇳🇴"])("holds %s whole, wherever the cut falls", (character) => {
    for (let offset = 0; offset < 12; offset++) {
      const text = "x".repeat(offset) + character.repeat(300);
      for (const caption of [captionOf(hit(text, { title: "T" })), captionOf(hit(text))]) {
        const shown = `${caption.title}${caption.passage}`.replaceAll(character, "").replaceAll(/[xT… ]/g, "");
        expect(shown).toBe("");
      }
    }
  });

  test("without spaces and a title of its own begins as a title of a line", () => {
    const { title, passage } = captionOf(hit("草".repeat(400)));
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
