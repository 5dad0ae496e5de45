import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { useWidgetPages, type WidgetPage } from "./open-widget.ts";
import "./pages/widget/page-window.ts";

const pages = useWidgetPages();
let on: WidgetPage;

beforeEach(async () => {
  on = await pages.open();
});

afterEach(async () => {
  await on.close();
});

const key = (name: string) => on.page.keyboard.press(name);
/** The focused part inside the element, or else the id of the focused element in the page. */
const focused = () =>
  on.page.evaluate(() => {
    const inside = document.activeElement?.shadowRoot?.activeElement;
    return inside ? inside.getAttribute("part") : document.activeElement?.id;
  });
const evaluate = <Value>(script: string) => on.page.evaluate<Value>(script);

describe("opening and closing", () => {
  test.each(["Control+k", "/"])("%s opens the dialog and puts the caret into the field", async (shortcut) => {
    await key(shortcut);
    expect([await on.dialog.isVisible(), await focused()]).toEqual([true, "input"]);
  });

  test("a slash typed into a field of the page stays a slash", async () => {
    await on.page.locator("#note").focus();
    await key("/");
    expect([await on.page.locator("#note").inputValue(), await on.dialog.isVisible()]).toEqual(["/", false]);
  });

  test("control and k opens it from a field of the page too", async () => {
    await on.page.locator("#note").focus();
    await key("Control+k");
    expect(await on.dialog.isVisible()).toBe(true);
  });

  test("a slash typed into the search itself stays a slash", async () => {
    await key("/");
    await key("/");
    expect(await on.input.inputValue()).toBe("/");
  });

  test("escape clears the query, and the next closes", async () => {
    await on.search("bird");
    await key("Escape");
    expect([await on.input.inputValue(), await on.dialog.isVisible()]).toEqual(["", true]);
    await key("Escape");
    expect(await on.dialog.isVisible()).toBe(false);
  });

  test("the focus returns to the trigger that opened it", async () => {
    await on.trigger.click();
    await key("Escape");
    await expect.poll(focused).toBe("trigger");
  });

  test("opened by shortcut from nowhere, it leaves the focus on the trigger", async () => {
    await key("/");
    await key("Escape");
    await expect.poll(focused).toBe("trigger");
  });

  test("opened by shortcut from elsewhere, it gives the focus back", async () => {
    await on.page.locator("#link").focus();
    await key("/");
    await key("Escape");
    await expect.poll(focused).toBe("link");
  });

  test("a press beside the dialog closes it", async () => {
    await on.trigger.click();
    await on.page.mouse.click(5, 5);
    expect(await on.dialog.isVisible()).toBe(false);
  });

  test("the close button closes it, with a query left to come back to", async () => {
    await on.search("bird");
    await on.page.locator("#first [part=close]").click();
    expect([await on.dialog.isVisible(), await on.input.inputValue()]).toEqual([false, "bird"]);
  });

  test("opened again with a query in it, it shows what is found by then", async () => {
    await on.search("bird");
    await evaluate("document.querySelector('pipit-search').close()");
    const before = await on.hits.count();
    await evaluate("guide.engine.remove(['pipit', 'lark', 'owl'])");
    await on.trigger.click();
    await expect.poll(() => on.hits.count()).toBeLessThan(before);
  });

  test("the dialog tells when it opens and closes", async () => {
    await evaluate(`window.told = []; for (const name of ["pipit-open", "pipit-close"])
      document.querySelector("#first").addEventListener(name, () => window.told.push(name))`);
    await key("/");
    await key("Escape");
    await expect.poll(() => evaluate("window.told")).toEqual(["pipit-open", "pipit-close"]);
  });
});

describe("the list", () => {
  test("it is collapsed until there are hits", async () => {
    await on.trigger.click();
    expect(await on.input.getAttribute("aria-expanded")).toBe("false");
    await on.search("bird");
    expect(await on.input.getAttribute("aria-expanded")).toBe("true");
  });

  test("arrows walk the hits and wrap", async () => {
    await on.search("blue fish rivers");
    const count = await on.hits.count();
    await key("ArrowDown");
    expect(await on.active()).toBe("Kingfisher");
    for (let step = 0; step < count; step++) await key("ArrowDown");
    expect(await on.active()).toBe("Kingfisher");
    await key("ArrowUp");
    expect(await on.active()).toBe(await on.hits.last().locator("[part=hit-title]").textContent());
  });

  test("exactly the active hit is selected", async () => {
    await on.search("bird");
    await key("ArrowDown");
    await key("ArrowDown");
    const selected = await on.hits.evaluateAll((hits) => hits.map((hit) => hit.ariaSelected));
    expect(selected.map((state) => state === "true").indexOf(true)).toBe(1);
    expect(selected.filter((state) => state === "true").length).toBe(1);
  });

  test("home moves the caret and leaves the hit", async () => {
    await on.search("bird");
    await key("ArrowDown");
    await key("Home");
    expect([await on.active(), await on.input.evaluate((input: HTMLInputElement) => input.selectionStart)]).toEqual([
      undefined,
      0,
    ]);
  });

  test("new hits leave none active", async () => {
    await on.search("bird");
    await key("ArrowDown");
    await on.search("voles at dusk");
    expect(await on.active()).toBeUndefined();
  });

  test("the pointer makes a hit active and leaves the focus in the field", async () => {
    await on.search("bird");
    await on.hits.nth(1).hover();
    expect([await on.input.getAttribute("aria-activedescendant"), await focused()]).toEqual(["hit-1", "input"]);
  });

  test("words shared with the query are marked", async () => {
    await on.search("voles at dusk");
    expect(await on.hits.first().locator("mark").allTextContents()).toEqual(["voles", "dusk"]);
  });

  test("a hit says how alike it is", async () => {
    await on.search("bird");
    expect(await on.hits.first().textContent()).toMatch(/\d+% alike$/);
  });

  test("markup in an entry stays text, and its script address is no link", async () => {
    await on.search("markup stays text");
    const hit = on.hits.first();
    expect(await hit.textContent()).toContain("<script>window.harmed = true</script> markup");
    expect(await hit.locator("img, b, script").count()).toBe(0);
    await hit.click();
    expect([await hit.getAttribute("href"), await evaluate("window.harmed")]).toEqual([null, undefined]);
  });
});

describe("choosing", () => {
  const keepSelections = () =>
    evaluate(`window.chosen = []; document.addEventListener("pipit-select", (event) => {
      event.preventDefault();
      window.chosen.push([event.detail.hit.id, event.detail.newTab]);
    })`);

  test("enter follows the hit's address", async () => {
    await on.search("blue fish rivers");
    await Promise.all([on.page.waitForURL(/bird=kingfisher$/), key("Enter")]);
  });

  test("a click follows the hit's address", async () => {
    await on.search("blue fish rivers");
    await Promise.all([on.page.waitForURL(/bird=kingfisher$/), on.hits.first().click()]);
  });

  test("shift and enter opens a new tab and keeps the dialog", async () => {
    await on.search("blue fish rivers");
    const [tab] = await Promise.all([on.page.context().waitForEvent("page"), key("Shift+Enter")]);
    await tab.waitForURL(/bird=kingfisher$/);
    expect(await on.dialog.isVisible()).toBe(true);
  });

  test("a page that prevents it hears the choice and stays where it is", async () => {
    await keepSelections();
    await on.search("blue fish rivers");
    const before = on.page.url();
    await key("Shift+Enter");
    await key("Enter");
    expect(await evaluate("window.chosen")).toEqual([
      ["king", true],
      ["king", false],
    ]);
    expect([on.page.url(), on.page.context().pages().length, await on.dialog.isVisible()]).toEqual([before, 1, false]);
  });

  test("a prevented click is not followed either", async () => {
    await keepSelections();
    await on.search("blue fish rivers");
    const before = on.page.url();
    await on.hits.first().click();
    expect([await evaluate("window.chosen"), on.page.url()]).toEqual([[["king", false]], before]);
  });

  test("enter while an input method composes chooses nothing", async () => {
    await keepSelections();
    await on.search("bird");
    await on.input.evaluate((input) => {
      const init = { key: "Enter", isComposing: true, bubbles: true, cancelable: true };
      input.dispatchEvent(new KeyboardEvent("keydown", init));
    });
    expect(await evaluate("window.chosen")).toEqual([]);
  });

  test("enter before the answer waits for what was typed", async () => {
    await keepSelections();
    await evaluate(`window.guide.delays["voles at dusk"] = 300`);
    await on.search("bird");
    await on.input.fill("voles at dusk");
    await key("Enter");
    expect(await evaluate("window.chosen")).toEqual([]);
    await expect.poll(() => on.hits.first().textContent()).toContain("Barn owl");
  });
});

describe("what is said", () => {
  test("the count of hits", async () => {
    await on.search("bird");
    const count = await on.hits.count();
    await expect.poll(() => on.status.textContent()).toBe(`${count} results`);
  });

  test("one hit in the singular", async () => {
    await on.page.locator("#first").evaluate((element) => element.setAttribute("hits", "1"));
    await on.search("bird");
    await expect.poll(() => on.status.textContent()).toBe("1 result");
  });

  test("that there are none, where hits would be and in the live region", async () => {
    await evaluate(`document.querySelector("#first").setAttribute("min-score", "0.9")`);
    await on.search("zzz");
    await expect.poll(() => on.status.textContent()).toBe("No results");
    expect([await on.note.textContent(), await on.input.getAttribute("aria-expanded")]).toEqual([
      "No results",
      "false",
    ]);
  });

  test("that it searches, when it takes long", async () => {
    await evaluate(`window.guide.delays["voles at dusk"] = 1500`);
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await expect.poll(() => on.status.textContent()).toBe("Searching…");
  });

  test("the same count again is a change, or no screen reader would speak it", async () => {
    await evaluate(`document.querySelector("#first").setAttribute("hits", "2")`);
    await on.search("bird");
    await expect.poll(() => on.status.textContent()).toBe("2 results");
    await on.search("brown bird");
    await expect.poll(() => on.status.textContent()).toBe("2 results\u00a0");
  });

  test("what a reader can do about a failure", async () => {
    await evaluate(`window.failWith("Check the connection.")`);
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await expect.poll(() => on.status.textContent()).toBe("Search did not work. Please try again in a moment.");
    expect(await on.note.textContent()).toContain("Please try again in a moment.");
  });

  test("enter tries a failed search again", async () => {
    await evaluate(`window.failWith("Check the connection.")`);
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await on.note.getByText("Please try again in a moment.").waitFor();
    await evaluate("window.failWith(undefined)");
    await key("Enter");
    await expect.poll(() => on.hits.first().textContent()).toContain("Barn owl");
  });

  test("an element without an engine says so to its reader, and to the site's owner how to give it one", async () => {
    await evaluate(`document.querySelector("#first").engine = undefined`);
    const told = on.page.waitForEvent("console", (message) => message.text().includes('source="entries.json"'));
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await told;
    await expect.poll(() => on.note.textContent()).toContain("Search is not available at the moment.");
  });

  test("a late answer does not replace a newer one, and its search was aborted", async () => {
    await evaluate(`window.guide.delays["orange"] = 600`);
    await on.trigger.click();
    await on.input.fill("orange");
    await expect.poll(() => evaluate("window.guide.asked")).toEqual(["orange"]);
    await on.search("voles at dusk");
    await on.page.waitForTimeout(800);
    expect(await on.hits.first().textContent()).toContain("Barn owl");
    expect(await evaluate("window.guide.aborted")).toEqual(["orange"]);
  });
});

describe("the element in its page", () => {
  test("labels and messages can be given in another language", async () => {
    await evaluate(`{
      const search = document.querySelector("#first");
      search.messages = { placeholder: "Was suchst du?", results: (count) => count + " Treffer", close: "Schließen" };
      search.setAttribute("label", "Suche");
    }`);
    await on.search("bird");
    await expect.poll(() => on.status.textContent()).toMatch(/^\d Treffer$/);
    expect(await on.dialog.getAttribute("aria-label")).toBe("Suche");
    expect(await on.input.getAttribute("placeholder")).toBe("Was suchst du?");
    expect(await on.page.locator("#first [part=close]").getAttribute("aria-label")).toBe("Schließen");
  });

  test("inline, the field stands in the page as a search landmark, and the shortcut goes to it", async () => {
    await on.page.locator("#first").evaluate((element) => element.setAttribute("inline", ""));
    expect([await on.trigger.count(), await on.page.getByRole("search").count()]).toEqual([0, 1]);
    await key("/");
    expect(await focused()).toBe("input");
  });

  test("inline, it takes no focus by itself", async () => {
    await on.page.locator("#first").evaluate((element) => element.setAttribute("inline", ""));
    expect(await focused()).not.toBe("input");
  });

  test("of two searches the first takes the shortcut", async () => {
    await evaluate(`document.querySelector("#more").innerHTML = "<pipit-search id=second></pipit-search>"`);
    await key("/");
    expect(await evaluate(`[...document.querySelectorAll("pipit-search")].map((search) => search.open)`)).toEqual([
      true,
      false,
    ]);
  });

  test.each([
    ["mod", "/", false],
    ["mod", "Control+k", true],
    ["none", "Control+k", false],
  ])("shortcut=%s makes %s open it: %s", async (choice, shortcut, opens) => {
    await on.page.locator("#first").evaluate((element, value) => element.setAttribute("shortcut", value), choice);
    await key(shortcut);
    expect(await on.dialog.isVisible()).toBe(opens);
  });

  test("removed from the page, it hears no shortcut any more, and hears it when it is back", async () => {
    await evaluate(`window.search = document.querySelector("#first"); window.search.remove()`);
    await key("/");
    expect(await evaluate("window.search.open")).toBe(false);
    await evaluate(`document.querySelector("main").append(window.search)`);
    await key("/");
    expect(await evaluate("window.search.open")).toBe(true);
  });

  test("the document keeps no listener when the last search is gone", async () => {
    const left = await evaluate(`(() => {
      let balance = 0;
      const search = document.querySelector("#first");
      search.remove();
      const { addEventListener, removeEventListener } = document;
      document.addEventListener = (...given) => { balance += 1; addEventListener.apply(document, given); };
      document.removeEventListener = (...given) => { balance -= 1; removeEventListener.apply(document, given); };
      document.body.append(search);
      const during = balance;
      search.remove();
      return [during, balance];
    })()`);
    expect(left).toEqual([1, 0]);
  });

  test("an engine given before the element was defined is used", async () => {
    await evaluate(`{
      const early = document.createElement("pipit-early");
      early.engine = window.guide.engine;
      document.querySelector("#first").remove();
      early.id = "first";
      document.querySelector("main").append(early);
      customElements.define("pipit-early", class extends customElements.get("pipit-search") {});
    }`);
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await expect.poll(() => on.hits.first().textContent()).toContain("Barn owl");
  });
});
