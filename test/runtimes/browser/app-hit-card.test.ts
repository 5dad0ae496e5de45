import { beforeEach, describe, expect, test } from "vitest";
import { type AppPage, useAppPages } from "./open-app-page.ts";

const pages = useAppPages();
let app: AppPage;

beforeEach(async () => {
  app = await pages.open();
});

describe("the card of a hit", () => {
  const WREN = {
    id: "wren",
    name: "Wren",
    scientificName: "Troglodytes troglodytes",
    family: "wrens",
    sizeCm: 10,
    regions: ["Europe", "Asia"],
    look: "A small brown bird. Its tail is up.",
    song: "It sings loudly.",
    habitat: "It lives in gardens.",
  };
  const show = (fields: object, hit: object = {}, text = "") =>
    app.run(
      "view/hit-card.ts",
      `({ hitCard }) => {
        const hit = { id: "wren", score: 0.5, entry: { id: "wren", fields: ${JSON.stringify(fields)} },
          passage: { text: ${JSON.stringify(text)} }, ...${JSON.stringify(hit)} };
        globalThis.card = hitCard(hit, new Map([["wren", { group: "Wrens", species: ${JSON.stringify(WREN)} }]]));
        document.getElementById("hits").replaceChildren(card.node);
      }`,
    );
  const mark = (at: number) => app.page.evaluate(`card.markSentence(${at})`);
  const textOf = (selector: string) => app.page.locator(`#hits ${selector}`).allTextContents();

  test("shows a bird of the guide, and a file of the same name as a file", async () => {
    await show({ scientificName: WREN.scientificName });
    expect(await textOf("h2")).toEqual(["Wren Troglodytes troglodytes"]);
    expect(await textOf(".about")).toEqual(["wrens · 10 cm · Europe, Asia"]);
    expect(await textOf("dd")).toEqual([WREN.look, WREN.song, WREN.habitat]);
    await mark(2);
    expect(await textOf("mark")).toEqual(["It sings loudly."]);
    await show({ path: "wren" }, {}, "My wren.");
    expect([await textOf("h2"), await textOf(".passage")]).toEqual([["wren"], ["My wren."]]);
  });

  test("names the part of a long file from the second on", async () => {
    await show({ path: "a.txt", part: 1 });
    expect(await textOf("h2")).toEqual(["a.txt"]);
    await show({ path: "a.txt", part: 2 });
    expect(await textOf("h2")).toEqual(["a.txt part 2"]);
  });

  test("marks one sentence, and shows those around it", async () => {
    await show(
      { path: "a.txt" },
      {},
      "One is here. Two is here. Three is here. Four is here. Five is here. Six is here. ",
    );
    await mark(0);
    await mark(2);
    expect(await textOf("mark")).toEqual(["Three is here."]);
    expect(await app.page.locator("#hits .passage").innerText()).toBe(
      "Two is here. Three is here. Four is here. Five is here.",
    );
    expect(await app.page.locator("#hits .cut-before").count()).toBe(1);
  });

  test("shows no likeness below zero, and none where words were compared", async () => {
    await show({ path: "a.txt" }, { score: -0.1 });
    expect(await textOf(".score")).toEqual(["0 %"]);
    await show({ path: "a.txt" }, { match: "words" });
    expect(await textOf(".score")).toEqual(["by its words"]);
  });

  test("shows markup of a file as text", async () => {
    await show(
      { path: "<img src=x onerror='window.harmed = true'>.txt" },
      {},
      "<b>bold</b><script>harmed = true</script>",
    );
    await mark(0);
    expect([await textOf(":is(img, b, script)"), await app.page.evaluate("window.harmed")]).toEqual([[], undefined]);
  });
});
