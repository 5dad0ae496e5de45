import { describe, expect, test } from "vitest";
import { useWidget, type WidgetPage } from "./open-widget.ts";
import "./pages/widget/page-window.ts";

let on: WidgetPage;
useWidget((opened) => {
  on = opened;
});

describe("the element in its page", () => {
  test("labels and messages can be given in another language", async () => {
    await on.evaluate(`{
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

  test("messages that are given later are shown at once", async () => {
    await on.evaluate(`document.querySelector("#first").messages = { placeholder: "Was suchst du?" }`);
    expect(await on.input.getAttribute("placeholder")).toBe("Was suchst du?");
  });

  test("an engine that is given later answers what is typed already", async () => {
    await on.search("voles at dusk");
    await on.evaluate(`{
      const { engine } = window.guide;
      const search = async (query) => ({ ...(await engine.search("blue fish rivers")), query });
      document.querySelector("#first").engine = { search };
    }`);
    await expect.poll(() => on.hits.first().textContent()).toContain("Kingfisher");
  });

  test("inline, the field stands in the page as a search landmark, and the shortcut goes to it", async () => {
    await on.page.locator("#first").evaluate((element) => element.setAttribute("inline", ""));
    expect([await on.trigger.count(), await on.page.getByRole("search").count()]).toEqual([0, 1]);
    await on.press("/");
    expect(await on.focused()).toBe("input");
  });

  test("inline, it takes no focus by itself", async () => {
    await on.page.locator("#first").evaluate((element) => element.setAttribute("inline", ""));
    expect(await on.focused()).not.toBe("input");
  });

  test("of two searches the first takes the shortcut", async () => {
    await on.evaluate(`document.querySelector("#more").innerHTML = "<pipit-search id=second></pipit-search>"`);
    await on.press("/");
    expect(await on.evaluate(`[...document.querySelectorAll("pipit-search")].map((search) => search.open)`)).toEqual([
      true,
      false,
    ]);
  });

  test.each(["style='display:none'", "hidden"])(
    "of two searches the one in a part with %s takes none",
    async (unseen) => {
      const second = `<nav ${unseen}><pipit-search></pipit-search></nav>`;
      await on.evaluate(`document.body.insertAdjacentHTML("afterbegin", ${JSON.stringify(second)})`);
      // It is connected later than the first, so the first must be connected again to come after it.
      await on.evaluate(`document.body.append(document.querySelector("#first"))`);
      await on.press("Control+k");
      await expect.poll(() => on.dialog.isVisible()).toBe(true);
      expect(await on.evaluate(`document.querySelector("nav pipit-search").open`)).toBe(false);
    },
  );

  test("a field that the browser fills in is no key press", async () => {
    const errors: string[] = [];
    on.page.on("pageerror", ({ message }) => errors.push(message));
    await on.evaluate(`document.body.dispatchEvent(new Event("keydown", { bubbles: true }))`);
    expect(errors).toEqual([]);
    expect(await on.dialog.isVisible()).toBe(false);
  });

  test.each(["en_US", "x", "not a language"])("in a page whose language is said to be %j it finds", async (lang) => {
    await on.evaluate(`document.documentElement.lang = ${JSON.stringify(lang)}`);
    await on.search("voles at dusk");
    expect(await on.hits.count()).toBeGreaterThan(0);
  });

  test.each([
    ["hits", "many"],
    ["hits", "0"],
    ["min-score", "high"],
  ])("with %s=%s it finds as without it, and the console names the attribute", async (name, value) => {
    const lines: string[] = [];
    on.page.on("console", (line) => lines.push(line.text()));
    await on.evaluate(`document.querySelector("#first").setAttribute("${name}", "${value}")`);
    await on.search("voles at dusk");
    expect(await on.hits.count()).toBeGreaterThan(0);
    expect(lines.join()).toContain(`got ${name}="${value}"`);
  });

  test.each([
    ["mod", "/", false],
    ["mod", "Control+k", true],
    ["none", "Control+k", false],
  ])("shortcut=%s makes %s open it: %s", async (choice, shortcut, opens) => {
    await on.page.locator("#first").evaluate((element, value) => element.setAttribute("shortcut", value), choice);
    await on.press(shortcut);
    expect(await on.dialog.isVisible()).toBe(opens);
  });

  test("removed from the page, it hears no shortcut any more, and hears it when it is back", async () => {
    await on.evaluate(`window.search = document.querySelector("#first"); window.search.remove()`);
    await on.press("/");
    expect(await on.evaluate("window.search.open")).toBe(false);
    await on.evaluate(`document.querySelector("main").append(window.search)`);
    await on.press("/");
    expect(await on.evaluate("window.search.open")).toBe(true);
  });

  test("removed from the page, it ends the search that is under way", async () => {
    await on.evaluate(`window.hold("bird")`);
    await on.trigger.click();
    await on.input.fill("bird");
    await expect.poll(() => on.evaluate("window.guide.asked")).toEqual(["bird"]);
    await on.evaluate(`document.querySelector("#first").remove()`);
    expect(await on.evaluate("window.guide.aborted")).toEqual(["bird"]);
  });

  test("within another element's shadow tree, its events reach the page", async () => {
    await on.evaluate(`{
      window.heard = [];
      document.addEventListener("pipit-results", () => window.heard.push("results"));
      const host = document.createElement("div");
      document.body.append(host);
      const search = document.querySelector("#first");
      host.attachShadow({ mode: "open" }).append(search);
      search.show();
    }`);
    await on.page.keyboard.type("bird");
    await expect.poll(() => on.evaluate("window.heard.length")).toBeGreaterThan(0);
  });

  test("the document keeps no listener when the last search is gone", async () => {
    const left = await on.evaluate(`(() => {
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

  test("an engine and messages given before the element was defined are used", async () => {
    await on.evaluate(`{
      const early = document.createElement("pipit-early");
      early.engine = window.guide.engine;
      early.messages = { placeholder: "Was suchst du?" };
      document.querySelector("#first").remove();
      early.id = "first";
      document.querySelector("main").append(early);
      customElements.define("pipit-early", class extends customElements.get("pipit-search") {});
    }`);
    await on.trigger.click();
    expect(await on.input.getAttribute("placeholder")).toBe("Was suchst du?");
    await on.input.fill("voles at dusk");
    await expect.poll(() => on.hits.first().textContent()).toContain("Barn owl");
  });
});
