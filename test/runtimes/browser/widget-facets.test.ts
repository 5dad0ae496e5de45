import { beforeEach, describe, expect, test } from "vitest";
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
const facet = (field: string) => on.page.locator(`#first [part=facet][name="${field}"]`);
const options = (field: string) => facet(field).locator("option").allTextContents();
const titles = () => on.page.locator("#first [part=hit-title]").allTextContents();

beforeEach(async () => {
  await on.evaluate(`window.guide.engine.add([
    { id: "tawny", text: "A brown owl of the wood.", fields: { title: "Tawny owl", group: "Owls", region: ["Europe"] } },
    { id: "snowy", text: "A white owl of the north.", fields: { title: "Snowy owl", group: "Owls", region: ["Asia", "Europe"] } },
    { id: "eagle", text: "A huge eagle, no owl.", fields: { title: "Eagle", group: "Eagles", region: ["Asia"] } },
  ])`);
});

test("without the attribute there are no facets, and one search a question", async () => {
  await on.search("owl");
  expect(await on.page.locator("#first [part=facets]").count()).toBe(0);
  expect(await on.evaluate("window.guide.asked")).toEqual(["owl"]);
});

describe("with facets", () => {
  beforeEach(() => setAttribute("facets", "group, region"));

  test("the values of the found entries are offered with their counts", async () => {
    await on.search("owl");
    expect(await options("group")).toEqual(["group: any", "Owls (2)", "Eagles (1)"]);
    expect(await options("region")).toEqual(["region: any", "Asia (2)", "Europe (2)"]);
    expect(await facet("group").getAttribute("aria-label")).toBe("group");
  });

  test("no choice takes no second search", async () => {
    await on.search("owl");
    expect(await on.evaluate("window.guide.asked")).toEqual(["owl"]);
  });

  test("a choice narrows the hits and the counts of other facets, and can be undone", async () => {
    await on.search("owl");
    await facet("group").selectOption({ label: "Eagles (1)" });
    await expect.poll(() => titles()).toEqual(["Eagle"]);
    expect(await options("region")).toEqual(["region: any", "Asia (1)"]);
    expect(await options("group")).toEqual(["group: any", "Owls (2)", "Eagles (1)"]);
    await facet("group").selectOption("");
    await expect.poll(async () => (await titles()).length).toBeGreaterThan(2);
  });

  test("the counts are of more hits than are shown", async () => {
    await setAttribute("hits", "1");
    await on.search("owl");
    expect([await on.hits.count(), await options("group")]).toEqual([1, ["group: any", "Owls (2)", "Eagles (1)"]]);
  });

  test("a choice stays for the next question, where it can be seen although nothing has it", async () => {
    await on.search("owl");
    await facet("group").selectOption({ label: "Eagles (1)" });
    await expect.poll(() => titles()).toEqual(["Eagle"]);
    await on.search("blue fish rivers");
    expect(await facet("group").locator("option:checked").textContent()).toBe("Eagles (0)");
  });

  test("the lists are reached by Tab from the field, and named in the language that is given", async () => {
    await on.evaluate(`document.querySelector("#first").messages = { anyValue: (field) => "alle: " + field }`);
    await on.search("owl");
    expect((await options("group"))[0]).toBe("alle: group");
    await on.input.focus();
    await on.press("Tab");
    await on.press("Tab");
    expect(await on.evaluate(`document.querySelector("#first").shadowRoot.activeElement.name`)).toBe("group");
  });

  test("a field that no found entry has makes no list", async () => {
    await setAttribute("facets", "colour,group");
    await on.search("owl");
    expect(await facet("group").isVisible()).toBe(true);
    expect(await facet("colour").isVisible()).toBe(false);
  });

  test("the attribute that goes takes lists and choices away", async () => {
    await on.search("owl");
    await facet("group").selectOption({ label: "Eagles (1)" });
    await expect.poll(() => titles()).toEqual(["Eagle"]);
    await on.page.locator("#first").evaluate((element) => element.removeAttribute("facets"));
    await expect.poll(async () => (await titles()).length).toBeGreaterThan(2);
    expect(await on.page.locator("#first [part=facets]").count()).toBe(0);
  });
});
