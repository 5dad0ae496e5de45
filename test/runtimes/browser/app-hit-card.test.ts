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
    behaviour: "It eats spiders.",
  };
  interface ShownHit {
    readonly id?: string;
    readonly fields: object;
    readonly text: string;
    readonly matches?: readonly (readonly [start: number, end: number])[];
    readonly match?: "words";
  }
  const hitOf = ({ id = "wren", fields, text, matches = [], match }: ShownHit) => ({
    ...{ id, score: 0.5, match, matches: matches.map(([start, end]) => ({ start, end })) },
    entry: { id, text, fields },
    part: { modality: "text", text, start: 0, end: text.length },
  });
  /** Shows the card of hits that are parts of one document, the best first. */
  const show = (...[best, ...others]: ShownHit[]) =>
    app.run(
      "view/hit-card.ts",
      `({ hitCard }) => {
        const guide = new Map([["wren", { group: "Wrens", kin: "Small birds with a cocked tail.", species: ${JSON.stringify(WREN)} }]]);
        const question = { text: "sings", scope: "all", choice: { group: "", region: "", size: "" } };
        const group = ${JSON.stringify({ best: hitOf(best!), others: others.map(hitOf) })};
        document.getElementById("hits").replaceChildren(hitCard(group, { guide, question }));
      }`,
    );
  const textOf = (selector: string) => app.page.locator(`#hits ${selector}`).allTextContents();
  const linksOf = () =>
    app.page.locator("#hits a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const BIRD = { fields: { scientificName: WREN.scientificName }, text: `${WREN.look} ${WREN.song}` };

  test("shows a bird of the guide, and a file of the same name as a file", async () => {
    await show(BIRD);
    expect(await textOf("h2")).toEqual(["Wren Troglodytes troglodytes"]);
    expect(await textOf(".about")).toEqual(["wrens · 10 cm · Europe, Asia"]);
    expect(await textOf("dd")).toEqual([
      WREN.look,
      WREN.song,
      WREN.habitat,
      WREN.behaviour,
      "Small birds with a cocked tail.",
    ]);
    await show({ fields: { path: "wren" }, text: "My wren." });
    expect([await textOf("h2"), await textOf(".passage")]).toEqual([["wren"], ["My wren."]]);
  });

  test("shows what is known of a bird's behaviour and family only if words of it matched", async () => {
    await app.run("styles.css", "() => undefined");
    const isShown = () => app.page.locator("#hits dd", { hasText: "It eats spiders." }).isVisible();
    await show(BIRD);
    expect(await isShown()).toBe(false);
    const text = `${WREN.behaviour} ${WREN.habitat}`;
    await show({ ...BIRD, text, matches: [[text.indexOf("spiders"), text.indexOf("spiders") + 7]] });
    expect(await isShown()).toBe(true);
  });

  test("links to the bird's page, and to the file's part that was found", async () => {
    await show(BIRD);
    expect(await linksOf()).toEqual(["?q=sings&in=all&bird=wren"]);
    await show({ fields: { path: "a b.txt", part: 2 }, text: "Two." });
    expect(await linksOf()).toEqual(["?q=sings&in=all&file=a+b.txt&part=2"]);
  });

  test("marks of a bird the words that matched, in the fact that has them", async () => {
    const [tail, loudly] = ["tail", "loudly"].map((word) => BIRD.text.indexOf(word));
    await show({
      ...BIRD,
      matches: [
        [tail!, tail! + 4],
        [loudly!, loudly! + 6],
      ],
    });
    expect([await textOf("dd:has(mark)"), await textOf("mark")]).toEqual([
      [WREN.look, WREN.song],
      ["tail", "loudly"],
    ]);
  });

  test("names the part of a long file from the second on", async () => {
    await show({ fields: { path: "a.txt", part: 1 }, text: "One." });
    expect(await textOf("h2")).toEqual(["a.txt"]);
    await show({ fields: { path: "a.txt", part: 2 }, text: "Two." });
    expect(await textOf("h2")).toEqual(["a.txt part 2"]);
  });

  test("folds the other parts of a file under its best one, each with a link to it", async () => {
    const part = (number: number) => ({ fields: { path: "a.txt", part: number }, text: `It sings ${number} times.` });
    await show(part(3), part(1), part(7));
    expect(await textOf("summary")).toEqual(["2 more parts of this document"]);
    expect(await app.page.locator("#hits .others li").first().isVisible()).toBe(false);
    await app.page.click("#hits summary");
    expect(await textOf(".others li")).toEqual(["Part 1It sings 1 times.", "Part 7It sings 7 times."]);
    expect(await linksOf()).toEqual(["&part=3", "", "&part=7"].map((part) => `?q=sings&in=all&file=a.txt${part}`));
  });

  test("begins a long passage shortly before its first mark", async () => {
    const text = `${"before ".repeat(100)}It sings.`;
    await show({ fields: { path: "a.txt" }, text, matches: [[text.indexOf("sings"), text.indexOf("sings") + 5]] });
    expect((await textOf(".passage"))[0]).toMatch(/^… (before ){5,12}It sings\.$/);
  });

  test("shows no number for how good a hit is, and says where only words were compared", async () => {
    await show({ fields: { path: "a.txt" }, text: "It." });
    expect(await textOf(".meta")).toEqual(["My files"]);
    await show({ fields: { path: "a.txt" }, text: "It.", match: "words" });
    expect(await textOf(".match")).toEqual(["found by its words"]);
  });

  test("shows markup of a file as text", async () => {
    const path = "<img src=x onerror='window.harmed = true'>.txt";
    await show({ fields: { path }, text: "<b>sings</b><script>harmed = true</script>" });
    expect([await textOf(":is(img, b, script)"), await app.page.evaluate("window.harmed")]).toEqual([[], undefined]);
  });
});
