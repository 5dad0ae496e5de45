import { describe, expect, test } from "vitest";
import { useWidget, type WidgetPage } from "./open-widget.ts";
import "./pages/widget/page-window.ts";

let on: WidgetPage;
useWidget((opened) => {
  on = opened;
});

describe("opening and closing", () => {
  test.each(["Control+k", "/"])("%s opens the dialog and puts the caret into the field", async (shortcut) => {
    await on.press(shortcut);
    expect([await on.dialog.isVisible(), await on.focused()]).toEqual([true, "input"]);
  });

  test("a slash typed into a field of the page stays a slash", async () => {
    await on.page.locator("#note").focus();
    await on.press("/");
    expect([await on.page.locator("#note").inputValue(), await on.dialog.isVisible()]).toEqual(["/", false]);
  });

  test("control and k opens it from a field of the page too", async () => {
    await on.page.locator("#note").focus();
    await on.press("Control+k");
    expect(await on.dialog.isVisible()).toBe(true);
  });

  test("a slash typed into the search itself stays a slash", async () => {
    await on.press("/");
    await on.press("/");
    expect(await on.input.inputValue()).toBe("/");
  });

  test("escape clears the query, and the next closes", async () => {
    await on.search("bird");
    await on.press("Escape");
    expect([await on.input.inputValue(), await on.dialog.isVisible()]).toEqual(["", true]);
    await on.press("Escape");
    expect(await on.dialog.isVisible()).toBe(false);
  });

  test("the focus returns to the trigger that opened it", async () => {
    await on.trigger.click();
    await on.press("Escape");
    await expect.poll(() => on.focused()).toBe("trigger");
  });

  test("opened by shortcut from nowhere, it leaves the focus on the trigger", async () => {
    await on.press("/");
    await on.press("Escape");
    await expect.poll(() => on.focused()).toBe("trigger");
  });

  test("opened by shortcut from elsewhere, it gives the focus back", async () => {
    await on.page.locator("#link").focus();
    await on.press("/");
    await on.press("Escape");
    await expect.poll(() => on.focused()).toBe("link");
  });

  test("opened again at once, it has the focus in its field", async () => {
    await on.press("/");
    await on.evaluate(`{ const search = document.querySelector("#first"); search.close(); search.show(); }`);
    await on.evaluate("new Promise((settled) => setTimeout(settled, 100))");
    expect(await on.focused()).toBe("input");
  });

  test("a press beside the dialog closes it, one on its panel does not", async () => {
    await on.trigger.click();
    await on.note.click();
    expect(await on.dialog.isVisible()).toBe(true);
    await on.page.mouse.click(5, 5);
    expect(await on.dialog.isVisible()).toBe(false);
  });

  test("the close button closes it, with a query left to come back to", async () => {
    await on.search("bird");
    await on.page.locator("#first [part=close]").click();
    expect([await on.dialog.isVisible(), await on.input.inputValue()]).toEqual([false, "bird"]);
  });

  test("opened again with a query in it, what is typed replaces it", async () => {
    await on.search("bird");
    await on.page.locator("#first [part=close]").click();
    await on.trigger.click();
    await on.page.keyboard.type("owl");
    expect(await on.input.inputValue()).toBe("owl");
  });

  test("opened again with a query in it, it shows what is found by then", async () => {
    await on.search("bird");
    await on.evaluate("document.querySelector('pipit-search').close()");
    const before = await on.hits.count();
    await on.evaluate("guide.engine.remove(['pipit', 'lark', 'owl'])");
    await on.trigger.click();
    await expect.poll(() => on.hits.count()).toBeLessThan(before);
  });

  test("the dialog tells when it opens and closes", async () => {
    await on.evaluate(`window.told = []; for (const name of ["pipit-open", "pipit-close"])
      document.querySelector("#first").addEventListener(name, () => window.told.push(name))`);
    await on.press("/");
    await on.press("Escape");
    await expect.poll(() => on.evaluate("window.told")).toEqual(["pipit-open", "pipit-close"]);
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
    await on.press("ArrowDown");
    expect(await on.active()).toBe("Kingfisher");
    for (let step = 0; step < count; step++) await on.press("ArrowDown");
    expect(await on.active()).toBe("Kingfisher");
    await on.press("ArrowUp");
    expect(await on.active()).toBe(await on.hits.last().locator("[part=hit-title]").textContent());
  });

  test("exactly the active hit is selected", async () => {
    await on.search("bird");
    await on.press("ArrowDown");
    await on.press("ArrowDown");
    const selected = await on.hits.evaluateAll((hits) => hits.map((hit) => hit.ariaSelected));
    expect(selected.map((state) => state === "true").indexOf(true)).toBe(1);
    expect(selected.filter((state) => state === "true").length).toBe(1);
  });

  test("home moves the caret and leaves the hit", async () => {
    await on.search("bird");
    await on.press("ArrowDown");
    await on.press("Home");
    expect([await on.active(), await on.input.evaluate((input: HTMLInputElement) => input.selectionStart)]).toEqual([
      undefined,
      0,
    ]);
  });

  test("new hits leave none active", async () => {
    await on.search("bird");
    await on.press("ArrowDown");
    await on.search("voles at dusk");
    expect(await on.active()).toBeUndefined();
  });

  test("the pointer makes a hit active and leaves the focus in the field", async () => {
    await on.search("bird");
    await on.hits.nth(1).hover();
    expect([await on.input.getAttribute("aria-activedescendant"), await on.focused()]).toEqual(["hit-1", "input"]);
  });

  test("words shared with the query are marked", async () => {
    await on.search("voles at dusk");
    expect(await on.hits.first().locator("mark").allTextContents()).toEqual(["voles", "dusk"]);
  });

  test("markup in an entry stays text, and its script address is no link", async () => {
    await on.search("markup stays text");
    const hit = on.hits.first();
    expect(await hit.textContent()).toContain("<script>window.harmed = true</script> markup");
    expect(await hit.locator("img, b, script").count()).toBe(0);
    await hit.click();
    expect([await hit.getAttribute("href"), await on.evaluate("window.harmed")]).toEqual([null, undefined]);
  });
});

describe("choosing", () => {
  const keepSelections = () =>
    on.evaluate(`window.chosen = []; document.addEventListener("pipit-select", (event) => {
      event.preventDefault();
      window.chosen.push([event.detail.hit.id, event.detail.newTab]);
    })`);

  test("enter follows the hit's address", async () => {
    await on.search("blue fish rivers");
    await Promise.all([on.page.waitForURL(/bird=kingfisher$/), on.press("Enter")]);
  });

  test("a click follows the hit's address", async () => {
    await on.search("blue fish rivers");
    await Promise.all([on.page.waitForURL(/bird=kingfisher$/), on.hits.first().click()]);
  });

  test("shift and enter opens a new tab and keeps the dialog", async () => {
    await on.search("blue fish rivers");
    const [tab] = await Promise.all([on.page.context().waitForEvent("page"), on.press("Shift+Enter")]);
    await tab.waitForURL(/bird=kingfisher$/);
    expect(await on.dialog.isVisible()).toBe(true);
  });

  test("a page that prevents it hears the choice and stays where it is", async () => {
    await keepSelections();
    await on.search("blue fish rivers");
    const before = on.page.url();
    await on.press("Shift+Enter");
    await on.press("Enter");
    expect(await on.evaluate("window.chosen")).toEqual([
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
    expect([await on.evaluate("window.chosen"), on.page.url()]).toEqual([[["king", false]], before]);
  });

  test.each(["Shift", "Control", "Meta"] as const)(
    "a click with %s is for a new tab, and keeps the dialog",
    async (key) => {
      await keepSelections();
      await on.search("blue fish rivers");
      await on.hits.first().click({ modifiers: [key] });
      expect([await on.evaluate("window.chosen"), await on.dialog.isVisible()]).toEqual([[["king", true]], true]);
    },
  );

  test("enter after new hits chooses the best of them, whichever was active before", async () => {
    await keepSelections();
    await on.search("bird");
    await on.press("ArrowDown");
    await on.press("ArrowDown");
    await on.search("blue fish rivers");
    await on.press("Enter");
    expect(await on.evaluate("window.chosen")).toEqual([["king", false]]);
  });

  test("enter while an input method composes chooses nothing", async () => {
    await keepSelections();
    await on.search("bird");
    await on.input.evaluate((input) => {
      const init = { key: "Enter", isComposing: true, bubbles: true, cancelable: true };
      input.dispatchEvent(new KeyboardEvent("keydown", init));
    });
    expect(await on.evaluate("window.chosen")).toEqual([]);
  });

  test("enter before the answer waits for what was typed", async () => {
    await keepSelections();
    await on.evaluate(`window.hold("voles at dusk")`);
    await on.search("bird");
    await on.input.fill("voles at dusk");
    await on.press("Enter");
    expect(await on.evaluate("window.chosen")).toEqual([]);
    await on.evaluate(`window.release("voles at dusk")`);
    await expect.poll(() => on.hits.first().textContent()).toContain("Barn owl");
  });
});
