import { describe, expect, test } from "vitest";
import { useWidget, type WidgetPage } from "./open-widget.ts";
import "./pages/widget/page-window.ts";

let on: WidgetPage;
useWidget((opened) => {
  on = opened;
});

describe("the widget says", () => {
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
    await on.evaluate(`document.querySelector("#first").setAttribute("min-score", "0.9")`);
    await on.search("zzz");
    await expect.poll(() => on.status.textContent()).toBe("No results");
    expect([await on.note.textContent(), await on.input.getAttribute("aria-expanded")]).toEqual([
      "No results",
      "false",
    ]);
  });

  test("nothing more once the field is empty", async () => {
    await on.search("bird");
    await expect.poll(() => on.status.textContent()).toMatch(/results$/);
    await on.input.fill("");
    expect(await on.status.textContent()).toBe("");
  });

  test("that it searches, when it takes long", async () => {
    await on.evaluate(`window.hold("voles at dusk")`);
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await expect.poll(() => on.status.textContent()).toBe("Searching…");
  });

  test("the same count again is a change, or no screen reader would speak it", async () => {
    await on.evaluate(`document.querySelector("#first").setAttribute("hits", "2")`);
    await on.search("bird");
    await expect.poll(() => on.status.textContent()).toBe("2 results");
    await on.input.fill("brown bird");
    await expect.poll(() => on.status.textContent()).toBe("2 results\u00a0");
  });

  test("the outcome of a question once, while its answer is renewed", async () => {
    await on.evaluate(`{
      const { engine } = document.querySelector("#first");
      const { search } = engine;
      window.answers = 0;
      engine.search = async (...asked) => {
        const answer = await search(...asked);
        const n = window.answers++;
        return { ...answer, hits: answer.hits.slice(n % 2, n % 2 + 2), weak: false, partial: n < 5 };
      };
      undefined;
    }`);
    await on.search("bird");
    const first = await on.hits.first().textContent();
    await expect.poll(() => on.evaluate("window.answers")).toBe(6);
    await expect.poll(() => on.hits.first().textContent()).not.toBe(first);
    await on.page.waitForTimeout(400);
    expect(await on.status.textContent()).toBe("2 results");
  });

  test("what a reader can do about a failure", async () => {
    await on.evaluate(`window.failWith("Check the connection.")`);
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await expect.poll(() => on.status.textContent()).toBe("Search did not work. Please try again in a moment.");
    expect(await on.note.textContent()).toContain("Please try again in a moment.");
  });

  test("enter tries a failed search again", async () => {
    await on.evaluate(`window.failWith("Check the connection.")`);
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await on.note.getByText("Please try again in a moment.").waitFor();
    await on.evaluate("window.failWith(undefined)");
    await on.press("Enter");
    await expect.poll(() => on.hits.first().textContent()).toContain("Barn owl");
  });

  test("an element without an engine says so to its reader, and to the site's owner how to give it one", async () => {
    await on.evaluate(`document.querySelector("#first").engine = undefined`);
    const told = on.page.waitForEvent("console", (message) => message.text().includes('source="entries.json"'));
    await on.trigger.click();
    await on.input.fill("voles at dusk");
    await told;
    await expect.poll(() => on.note.textContent()).toContain("Search is not available at the moment.");
  });

  test("a late answer does not replace a newer one, and its search was aborted", async () => {
    await on.evaluate(`window.hold("orange")`);
    await on.trigger.click();
    await on.input.fill("orange");
    await expect.poll(() => on.evaluate("window.guide.asked")).toEqual(["orange"]);
    await on.search("voles at dusk");
    await on.evaluate(`window.release("orange")`);
    await expect.poll(() => on.evaluate("window.guide.answered")).toEqual(["voles at dusk", "orange"]);
    await on.evaluate("new Promise((shown) => setTimeout(shown))");
    expect(await on.hits.first().textContent()).toContain("Barn owl");
    expect(await on.evaluate("window.guide.aborted")).toEqual(["orange"]);
  });
});
