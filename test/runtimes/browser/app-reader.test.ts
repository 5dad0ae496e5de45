import { beforeEach, describe, expect, test } from "vitest";
import { type AppPage, useAppPages } from "./open-app-page.ts";

const pages = useAppPages();
let app: AppPage;

const WREN = {
  ...{ id: "wren", name: "Wren", scientificName: "Troglodytes troglodytes", family: "wrens", sizeCm: 10 },
  ...{ regions: ["Europe"], look: "A small bird.", song: "It sings loudly.", habitat: "It lives in gardens." },
  behaviour: "It eats spiders.",
};
const TIT = { ...WREN, id: "tit", name: "Coal Tit", scientificName: "Periparus ater" };
/** Six parts of one file, of which the even ones have a passage; `isWhole` false finds none, and `failure` fails. */
const DOCUMENTS = `{
  async search(query, { filter }) {
    globalThis.asked = [query, filter.and.map(({ equals }) => equals)];
    if (globalThis.failure) throw failure;
    const part = filter.and[1].equals;
    if (globalThis.isWhole === false || part % 2 === 1) return { hits: [], partial: true };
    const text = textOf(part);
    const found = { modality: "text", text: "The heron stands still.", start: text.indexOf("The"), end: text.indexOf(" End") };
    const matches = [{ start: text.indexOf("heron"), end: text.indexOf("heron") + 5 }];
    return { hits: [{ id: "a#" + part, entry: { id: "a#" + part, text, fields: { path: "a.txt", part } }, part: found, matches }] };
  },
  async entriesOf(ids) {
    await globalThis.reading?.shift();
    const stored = ["a.txt", "a.txt#2", "a.txt#3", "a.txt#4", "a.txt#5", "a.txt#6"];
    return ids.filter((id) => stored.includes(id)).map((id) => {
      const part = stored.indexOf(id) + 1;
      return { id, text: textOf(part), fields: { path: "a.txt", part } };
    });
  },
}`;

beforeEach(async () => {
  app = await pages.open();
  await app.run(
    "view/reader.ts",
    `({ Reader }) => {
      globalThis.leaves = 0;
      globalThis.textOf = (part) => "Begin " + part + ". The heron stands still. End " + part + ".";
      globalThis.reader = new Reader({
        guide: async () => new Map([["wren", { group: "Wrens", kin: "Small birds with a cocked tail.", species: ${JSON.stringify(WREN)} }],
          ["tit", { group: "Tits", kin: "Acrobats.", species: ${JSON.stringify(TIT)} }]]),
        alike: async (bird) => {
          if (globalThis.failure) throw failure;
          return [{ id: "dragon" }, { id: "tit" }].filter(() => bird === "wren");
        },
        documents: async () => (${DOCUMENTS}),
        closed: () => leaves++,
      });
    }`,
  );
});

const call = (name: "show" | "renew", page: object | undefined, text = "heron") =>
  app.page.evaluate(
    `reader.${name}(${JSON.stringify({ question: { text, scope: "mine", choice: { group: "", region: "", size: "" } }, page })})`,
  );
const show = (page: object | undefined, text?: string) => call("show", page, text);
const isOpen = () => app.page.isVisible("#reader");
const body = (selector = "") => app.page.locator(`#reader-body ${selector}`).allTextContents();

test("a bird's page has all that the guide says of it", async () => {
  await show({ bird: "wren" });
  expect(await app.page.textContent("#reader-title")).toBe("Wren Troglodytes troglodytes");
  expect(await body(".about")).toEqual(["Wrens · wrens · 10 cm · Europe"]);
  expect(await body("dd")).toEqual([
    WREN.look,
    WREN.song,
    WREN.habitat,
    WREN.behaviour,
    "Small birds with a cocked tail.",
  ]);
  expect(await app.page.title()).toBe("Wren Troglodytes troglodytes · Pipit");
});

test("a bird's page leads to birds like it", async () => {
  await show({ bird: "wren" });
  await expect.poll(() => body(".alike a")).toEqual(["Coal Tit Periparus ater"]);
  const href = await app.page.getAttribute("#reader-body .alike a", "href");
  expect(href).toContain("bird=tit");
  expect(await app.page.getAttribute("#reader-body .alike", "aria-labelledby")).toBe("alike");
  await show({ bird: "tit" });
  expect(await body(".alike a")).toEqual([]);
});

test("a bird's page is whole without birds like it", async () => {
  await app.page.evaluate("globalThis.failure = new Error('no index')");
  await show({ bird: "wren" });
  expect(await body("dd")).toHaveLength(5);
  expect(await body(".alike")).toEqual([]);
});

test("a bird that the guide does not have is said to be none", async () => {
  await show({ bird: "dragon" });
  expect(await app.page.textContent("#reader-body")).toBe("The guide has no bird of this name.");
});

test("a document is open at the passage that was found, within the parts around it", async () => {
  await show({ path: "a.txt", part: 4 });
  expect(await body("h3")).toEqual(["Part 3", "Part 4", "Part 5"]);
  expect(await body("[aria-current] .here")).toEqual(["The heron stands still."]);
  expect([await body("mark"), await body(".here")]).toEqual([["heron"], ["The heron stands still."]]);
  expect(await app.page.evaluate("asked")).toEqual(["heron", ["a.txt", 4]]);
});

test("a document is open with all its text and its neighbours where the question finds nothing in it", async () => {
  await show({ path: "a.txt", part: 3 }, '"no such phrase" -heron');
  expect(await body("[aria-current] .text")).toEqual(["Begin 3. The heron stands still. End 3."]);
  expect([await body("h3"), await body(".here")]).toEqual([["Part 2", "Part 3", "Part 4"], []]);
  expect(await body("nav a")).toEqual(["Read further up", "Read further down"]);
});

test("a document can be read where the search fails", async () => {
  await app.page.evaluate("globalThis.failure = new Error('No model.')");
  await show({ path: "a.txt", part: 2 });
  expect(await body("[aria-current] .text")).toEqual(["Begin 2. The heron stands still. End 2."]);
});

describe("a passage that the engine finds only when it is whole", () => {
  const TALL = "#reader-body { height: 200px; overflow: auto } .text { display: block; padding: 400px 0 1200px }";
  const scrolled = () => app.page.evaluate<number>("document.getElementById('reader-body').scrollTop");
  const isSeen = async () => {
    const [box, here] = await Promise.all(
      ["#reader-body", ".here"].map((selector) => app.page.locator(selector).boundingBox()),
    );
    return here!.y > box!.y && here!.y < box!.y + box!.height;
  };
  beforeEach(async () => {
    await app.page.addStyleTag({ content: TALL });
    await app.page.evaluate("globalThis.isWhole = false");
  });
  const beWhole = () => app.page.evaluate("globalThis.isWhole = true");

  test("is shown then", async () => {
    await show({ path: "a.txt", part: 4 });
    expect(await body(".here")).toEqual([]);
    await beWhole();
    await call("renew", { path: "a.txt", part: 4 });
    expect([await body(".here"), await isSeen()]).toEqual([["The heron stands still."], true]);
  });

  test("is shown then also if the page was still being opened", async () => {
    await app.page.evaluate(
      "{ const slow = Promise.withResolvers(); globalThis.opened = slow.resolve; globalThis.reading = [slow.promise]; }",
    );
    const opening = show({ path: "a.txt", part: 4 });
    await app.page.waitForFunction("globalThis.asked");
    await beWhole();
    const renewing = call("renew", { path: "a.txt", part: 4 });
    await app.page.evaluate("new Promise((done) => setTimeout(done, 50)).then(opened)");
    await Promise.all([opening, renewing]);
    expect(await body(".here")).toEqual(["The heron stands still."]);
  });

  test("does not move a visitor who has begun to read", async () => {
    await show({ path: "a.txt", part: 4 });
    await app.page.evaluate("document.getElementById('reader-body').scrollTop = 30");
    await beWhole();
    await call("renew", { path: "a.txt", part: 4 });
    expect([await body(".here"), await scrolled()]).toEqual([["The heron stands still."], 30]);
  });

  test("is not shown in the page of another place, nor opens one that was closed", async () => {
    await show({ path: "a.txt", part: 3 });
    await beWhole();
    await call("renew", { path: "a.txt", part: 4 });
    expect([await body("h3"), await body(".here")]).toEqual([["Part 2", "Part 3", "Part 4"], []]);
    await app.page.keyboard.press("Escape");
    await expect.poll(isOpen).toBe(false);
    await call("renew", { path: "a.txt", part: 4 });
    expect(await isOpen()).toBe(false);
  });

  test("is left as it is where one was found before, as is a page without one", async () => {
    await beWhole();
    await show({ path: "a.txt", part: 4 });
    await app.page.evaluate("document.querySelector('.here').dataset.old = 'yes'");
    await call("renew", { path: "a.txt", part: 4 });
    expect(await app.page.locator(".here[data-old]").count()).toBe(1);
    await show({ path: "a.txt", part: 3 });
    await app.page.evaluate("document.querySelector('#reader-body nav').dataset.old = 'yes'");
    await call("renew", { path: "a.txt", part: 3 });
    expect(await app.page.locator("nav[data-old]").count()).toBe(1);
  });
});

test("a document that fills several screens shows the passage, not its beginning", async () => {
  await app.page.addStyleTag({
    content: "#reader-body { height: 200px; overflow: auto } .text { display: block; padding: 400px 0 }",
  });
  await show({ path: "a.txt", part: 4 });
  const [box, here] = await Promise.all(
    ["#reader-body", ".here"].map((selector) => app.page.locator(selector).boundingBox()),
  );
  expect(here!.y).toBeGreaterThan(box!.y);
  expect(here!.y).toBeLessThan(box!.y + box!.height);
});

test("a long document can be read further in both directions, within the question", async () => {
  await show({ path: "a.txt", part: 3 });
  const links = app.page.locator("#reader-body nav a");
  expect(await links.allTextContents()).toEqual(["Read further up", "Read further down"]);
  expect(await links.nth(0).getAttribute("href")).toBe("?q=heron&in=mine&file=a.txt&part=2");
  await show({ path: "a.txt", part: 1 });
  expect(await links.allTextContents()).toEqual(["Read further down"]);
});

test("without a question a document is open without a passage", async () => {
  await show({ path: "a.txt", part: 1 }, "");
  expect([await isOpen(), await body(".here")]).toEqual([true, []]);
});

test("a document that is not stored is said not to be", async () => {
  await show({ path: "gone.txt", part: 9 });
  expect(await app.page.textContent("#reader-body")).toBe("This document is not stored on this device, or no longer.");
});

test("it begins at its title, and Escape and the button close it and tell the page", async () => {
  await app.page.focus("#query");
  await show({ bird: "wren" });
  expect(await app.page.evaluate("document.activeElement.id")).toBe("reader-title");
  await app.page.keyboard.press("Escape");
  await expect.poll(() => app.page.evaluate("leaves")).toBe(1);
  expect(await app.page.evaluate("document.activeElement.id")).toBe("query");
  await show({ bird: "wren" });
  await app.page.click("#reader-close");
  await expect.poll(() => app.page.evaluate("leaves")).toBe(2);
});

test("a place without a page closes it, and the page is not told what it did itself", async () => {
  await show({ bird: "wren" });
  await show(undefined);
  await app.page.evaluate("new Promise((done) => setTimeout(done, 50))");
  expect([await isOpen(), await app.page.evaluate("leaves")]).toEqual([false, 0]);
});
