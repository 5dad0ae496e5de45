import { describe, expect, test } from "vitest";
import { useWidget, type WidgetPage } from "./open-widget.ts";
import "./pages/widget/page-window.ts";

let on: WidgetPage;
useWidget((opened) => {
  on = opened;
});

const setAttribute = (name: string, value: string) =>
  on.page
    .locator("#first")
    .evaluate((element, [name, value]) => element.setAttribute(name, value), [name, value] as const);
const removeAttribute = (name: string) =>
  on.page.locator("#first").evaluate((element, name) => element.removeAttribute(name), name);
const part = (name: string) => on.page.locator(`#first [part=${name}]`);

interface FoundBird {
  readonly score?: number;
  readonly text?: string;
  readonly title?: string;
  readonly url?: string;
  /** Ranges of the text that the engine says have matched. */
  readonly matches?: readonly { readonly start: number; readonly end: number }[];
}

/** Makes every query find these hits. */
const find = (...hits: FoundBird[]) => answer({}, ...hits);

/** Makes every query find these hits, in an answer with these facts. */
const answer = (facts: { weak?: true }, ...hits: FoundBird[]) =>
  on.page.evaluate(
    ({ facts, hits }) => {
      const found = hits.map(({ score = 0.5, text = "A bird.", matches = [], ...fields }, at) => {
        const entry = { id: `${at}`, text, fields };
        return { id: entry.id, score, entry, matches, part: { modality: "text", text, start: 0, end: text.length } };
      });
      Object.assign(document.querySelector("#first")!, {
        engine: { search: async () => ({ ...facts, hits: found }) },
      });
    },
    { facts, hits },
  );

const nineBirds = Array.from({ length: 9 }, (_, at) => ({ title: `Bird ${at}` }));

describe("the form", () => {
  test("may change while the dialog is open: it closes, the field stands in the page, and the dialog opens again later", async () => {
    await on.trigger.click();
    await setAttribute("inline", "");
    expect([await on.input.isVisible(), await part("close").isVisible(), await on.trigger.count()]).toEqual([
      true,
      false,
      0,
    ]);
    await removeAttribute("inline");
    expect(await on.input.isVisible()).toBe(false);
    expect(await part("panel").getAttribute("role")).toBeNull();
    await on.trigger.click();
    expect([await on.dialog.isVisible(), await on.input.isVisible(), await part("close").isVisible()]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("decides what takes the focus of the element: the trigger, or the field where it is to be seen", async () => {
    const focusedAfter = async (change: string) => {
      await on.evaluate(
        `{ const search = document.querySelector("#first"); ${change}; search.blur(); search.focus(); }`,
      );
      return on.focused();
    };
    expect(await focusedAfter("")).toBe("trigger");
    expect(await focusedAfter("search.show()")).toBe("input");
    expect(await focusedAfter("search.close(); search.setAttribute('inline', '')")).toBe("input");
  });

  test("inline and empty shows no empty note, and no key that closes", async () => {
    const escapeKey = part("panel").locator("kbd.closing");
    await on.trigger.click();
    expect(await escapeKey.isVisible()).toBe(true);
    await setAttribute("inline", "");
    expect(await on.note.isVisible()).toBe(false);
    expect(await escapeKey.isVisible()).toBe(false);
  });
});

test("the dialog tells once that it opens, however often it is shown", async () => {
  await on.evaluate(
    `window.told = 0; document.querySelector("#first").addEventListener("pipit-open", () => window.told++)`,
  );
  await on.evaluate(`for (let i = 0; i < 3; i++) document.querySelector("#first").show()`);
  expect(await on.evaluate("window.told")).toBe(1);
});

test("every part is named in the language that is given", async () => {
  await on.evaluate(`document.querySelector("#first").messages = { hits: "Treffer", invitation: "In eigenen Worten.",
    keyOpen: "öffnen", keyNewTab: "neuer Tab", keyClose: "schließen" }`);
  await setAttribute("label", "Suche");
  expect(await on.trigger.textContent()).toMatch(/^Suche/);
  await on.trigger.click();
  expect(await part("panel").locator(".keys").textContent()).toBe("↵öffnen⇧↵neuer Tabescschließen");
  expect(await part("list").getAttribute("aria-label")).toBe("Treffer");
  expect(await on.input.getAttribute("aria-label")).toBe("Suche");
  expect(await on.note.textContent()).toBe("In eigenen Worten.");
  await setAttribute("inline", "");
  expect(await part("panel").getAttribute("aria-label")).toBe("Suche");
});

test.each([
  ["all", "Control+K /", true],
  ["mod", "Control+K", true],
  ["none", "", false],
])("with shortcut=%s the trigger says %j", async (choice, keys, isShown) => {
  await setAttribute("shortcut", choice);
  expect(await on.trigger.getAttribute("aria-keyshortcuts")).toBe(keys);
  expect(await on.trigger.locator("kbd").isVisible()).toBe(isShown);
});

describe("an answer", () => {
  test("replaces what stood there: hits the note, the note hits", async () => {
    await on.search("bird");
    expect(await on.note.isVisible()).toBe(false);
    await on.input.fill("");
    expect([await on.hits.count(), await on.note.isVisible()]).toEqual([0, true]);
    // A list without items must be hidden from screen readers.
    expect(await part("list").evaluate((list: HTMLElement) => list.hidden)).toBe(true);
    await on.search("bird");
    expect(await on.note.isVisible()).toBe(false);
  });

  test("ends what shows that it is awaited", async () => {
    await on.evaluate(`window.hold("bird")`);
    await on.trigger.click();
    await on.input.fill("bird");
    await on.page.locator("#first .busy").waitFor();
    await on.evaluate(`window.release("bird")`);
    await on.hits.first().waitFor();
    expect(await on.page.locator("#first .busy").count()).toBe(0);
  });

  test.each([0.5, 1, 0, -0.2])("of score %d shows no number", async (score) => {
    await find({ score, text: "It sings." });
    await on.search("bird");
    expect(await on.hits.first().innerText()).toBe("It sings.");
    expect(await on.hits.first().locator("[title]").count()).toBe(0);
  });

  test("marks what the engine says has matched, and nothing else", async () => {
    const text = "Sings 🐦 while it flies.";
    await find({
      title: "A lark",
      text,
      matches: [
        { start: 0, end: 5 },
        { start: 7, end: 8 },
      ],
    });
    await on.search("flies");
    expect(await on.hits.first().locator("mark").allTextContents()).toEqual(["Sings", "🐦"]);
  });

  test("has a title alone where there is no more to say, each in its own direction", async () => {
    await find({ text: "Short." }, { title: "قبرة", text: "طائر يغني." });
    await on.search("bird");
    expect(await on.hits.nth(0).locator("[part=hit-passage]").count()).toBe(0);
    const direction = await on.hits
      .nth(1)
      .locator("[part=hit-title]")
      .evaluate((title) => getComputedStyle(title).direction);
    expect(direction).toBe("rtl");
  });

  test("is seen from its best hit, and as far as the active one", async () => {
    await on.page.setViewportSize({ width: 600, height: 320 });
    await find(...nineBirds);
    await on.search("bird");
    await on.press("ArrowUp");
    expect(await on.active()).toBe("Bird 8");
    const top = () => part("list").evaluate((list) => list.scrollTop);
    expect(await top()).toBeGreaterThan(0);
    await on.search("another bird");
    expect(await top()).toBe(0);
  });
});

describe("an answer without a good match", () => {
  const note = "No good matchThese come nearest.";

  test("says so above its hits, which are seen and can be chosen", async () => {
    await answer({ weak: true }, ...nineBirds);
    await on.search("tax return");
    expect([await on.note.textContent(), await on.hits.count()]).toEqual([note, 9]);
    const [said, first] = await Promise.all([on.note.boundingBox(), on.hits.first().boundingBox()]);
    expect(said!.y + said!.height).toBeLessThanOrEqual(first!.y);
    await on.press("ArrowDown");
    expect(await on.active()).toBe("Bird 0");
  });

  test("is spoken", async () => {
    await answer({ weak: true }, ...nineBirds);
    await on.search("tax return");
    await expect.poll(() => on.status.textContent()).toBe("No good match. These come nearest.");
  });

  test("looks otherwise than a good one, until there is one", async () => {
    const weight = () =>
      on.hits
        .first()
        .locator("[part=hit-title]")
        .evaluate((title) => Number(getComputedStyle(title).fontWeight));
    await answer({ weak: true }, ...nineBirds);
    await on.search("tax return");
    const weak = await weight();
    await find(...nineBirds);
    await on.search("bird");
    expect([await on.note.isVisible(), (await weight()) > weak]).toEqual([false, true]);
  });

  test("and without hits says only that there are none", async () => {
    await answer({ weak: true });
    await on.search("tax return");
    expect(await on.note.textContent()).toBe("No results");
  });
});

describe("a hit", () => {
  test("without an address is chosen, and the page stays", async () => {
    await on.evaluate(
      `window.chosen = []; document.addEventListener("pipit-select", (event) => window.chosen.push(event.detail.hit.id))`,
    );
    await find({ title: "No address" });
    const before = on.page.url();
    for (const key of ["Enter", "Shift+Enter"]) {
      await on.search(key);
      await on.press(key);
    }
    await expect.poll(() => on.evaluate("window.chosen")).toEqual(["0", "0"]);
    await on.evaluate("new Promise((done) => setTimeout(done, 50))");
    expect([on.page.url(), on.page.context().pages().length]).toEqual([before, 1]);
  });

  test("that is opened in a new tab cannot reach the page it came from", async () => {
    await on.search("blue fish rivers");
    const [tab] = await Promise.all([on.page.context().waitForEvent("page"), on.press("Shift+Enter")]);
    await tab.waitForURL(/bird=kingfisher$/);
    expect(await tab.evaluate("opener")).toBeNull();
  });

  test("that is pressed leaves the focus in the field, where the keys go on", async () => {
    await on.search("bird");
    await on.hits.nth(1).hover();
    await on.page.mouse.down();
    expect(await on.focused()).toBe("input");
  });

  test("stays active when the pointer leaves the hits, and where it rests while keys move on", async () => {
    await on.search("bird");
    await on.hits.nth(1).hover();
    await part("list").dispatchEvent("pointermove");
    expect(await on.input.getAttribute("aria-activedescendant")).toBe("hit-1");
  });
});

describe("an element that searched", () => {
  const asked = () => on.evaluate<string[]>("window.guide.asked");

  test("asks nothing more once it is removed, whatever is set then", async () => {
    await on.search("bird");
    await on.evaluate(`{
      const search = document.querySelector("#first");
      search.remove();
      search.engine = window.guide.engine;
      search.messages = {};
      search.setAttribute("hits", "3");
    }`);
    await on.evaluate("new Promise((done) => setTimeout(done, 200))");
    expect(await asked()).toEqual(["bird"]);
  });

  test("asks nothing again for an attribute that is set to what it was", async () => {
    await setAttribute("hits", "3");
    await on.search("bird");
    await setAttribute("hits", "3");
    await on.evaluate("new Promise((done) => setTimeout(done, 200))");
    expect(await asked()).toEqual(["bird"]);
  });
});
