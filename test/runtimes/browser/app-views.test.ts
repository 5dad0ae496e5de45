import { beforeEach, describe, expect, test } from "vitest";
import { type AppPage, useAppPages } from "./open-app-page.ts";

const pages = useAppPages();
let app: AppPage;

beforeEach(async () => {
  app = await pages.open();
});

const text = (id: string) => app.page.textContent(`#${id}`);
const isHidden = (id: string) => app.page.evaluate<boolean>(`document.getElementById("${id}").hidden`);
const click = (id: string) => app.page.evaluate(`document.getElementById("${id}").click()`);

test("a notice is given once, and none where there is nothing to say", async () => {
  await app.run("view/notices.ts", "({ giveNotice }) => giveNotice(undefined)");
  expect(await isHidden("notices")).toBe(true);
  await app.run("view/notices.ts", "({ giveNotice }) => ['Kept.', 'Blocked.', 'Kept.'].forEach(giveNotice)");
  expect(await app.page.locator("#notices li").allTextContents()).toEqual(["Kept.", "Blocked."]);
  expect(await isHidden("notices")).toBe(false);
});

describe("trouble", () => {
  const trouble = (work: string) => app.run("view/trouble.ts", `({ showTrouble, hideTrouble }) => { ${work} }`);

  test("is hidden by the action that it was about", async () => {
    await trouble("showTrouble('The search did not work.', new Error('Gone.')); hideTrouble('The better model');");
    expect(await isHidden("trouble")).toBe(false);
    await trouble("hideTrouble('The search did not work.')");
    expect(await isHidden("trouble")).toBe(true);
  });

  test("says what was thrown, whatever it is", async () => {
    await trouble("showTrouble('It failed.', 'quota')");
    expect(await text("trouble-text")).toBe("It failed. quota");
  });

  test("gives visitors their own advice, and the site's owner the rest in the console", async () => {
    const facts = "{ code, got: 'a 404', expected: 'a file', do: 'Serve it.', message: 'Serve it.' }";
    const show = (code: string) =>
      trouble(
        `const code = '${code}'; showTrouble('It failed.', Object.assign(new Error(), { name: 'PipitError' }, ${facts}))`,
      );
    const said: string[] = [];
    app.page.on("console", (line) => void said.push(line.text()));
    await show("storage-blocked");
    expect(await text("trouble-text")).toBe("It failed. There was a 404. Serve it.");
    await show("model-unavailable");
    expect(await text("trouble-text")).toMatch(/^It failed\. Reload the page\./);
    await expect.poll(() => said).toEqual(["Pipit: Serve it."]);
  });
});

describe("the badge of the connection", () => {
  const badge = async () => [await isHidden("connection"), await text("connection"), await isAway()];
  const isAway = () => app.page.evaluate<boolean>("document.getElementById('connection').classList.contains('away')");
  const set = (online: boolean, controller: string) =>
    app.page.evaluate(`{
      const of = (value) => ({ value, configurable: true });
      Object.defineProperty(navigator, "onLine", of(${online}));
      Object.defineProperty(navigator, "serviceWorker", of(globalThis.container ??= new EventTarget()));
      container.controller = ${controller};
    }`);
  const watch = () => app.run("view/offline-view.ts", "({ watchConnection }) => watchConnection()");

  test.each([
    ["is not there with a network, before the app is kept", true, "null", [true, "Ready for offline", false]],
    ["says that the app is kept", true, "{}", [false, "Ready for offline", false]],
    ["says so, and looks otherwise, without a network", false, "{}", [false, "Offline", true]],
    ["is there without a network, though the app is not kept", false, "null", [false, "Offline", true]],
  ])("%s", async (_, online, controller, expected) => {
    await set(online, controller);
    await watch();
    expect(await badge()).toEqual(expected);
  });

  test("follows the network and the service worker", async () => {
    await set(true, "null");
    await watch();
    await set(false, "null");
    await app.page.evaluate("dispatchEvent(new Event('offline'))");
    expect(await badge()).toEqual([false, "Offline", true]);
    await set(true, "null");
    await app.page.evaluate("dispatchEvent(new Event('online'))");
    expect(await isHidden("connection")).toBe(true);
    await set(true, "{}");
    await app.page.evaluate("container.dispatchEvent(new Event('controllerchange'))");
    expect(await badge()).toEqual([false, "Ready for offline", false]);
  });
});

test("an installation is offered when the browser offers it, and no more once it is done", async () => {
  await app.run("view/offline-view.ts", "({ offerInstall }) => offerInstall()");
  const isPrevented = await app.page.evaluate(`{
    globalThis.prompts = 0;
    const event = Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt: () => prompts++ });
    dispatchEvent(event);
    event.defaultPrevented;
  }`);
  expect([isPrevented, await isHidden("install")]).toEqual([true, false]);
  await click("install");
  expect(await app.page.evaluate("prompts")).toBe(1);
  await app.page.evaluate("dispatchEvent(new Event('appinstalled'))");
  expect(await isHidden("install")).toBe(true);
});

describe("the palette", () => {
  const add = (search: string) =>
    app.run(
      "view/palette.ts",
      `async ({ addPalette }) => {
        await customElements.whenDefined("pipit-search");
        globalThis.told = [];
        const engine = { search: ${search} };
        addPalette([engine], { opened: (place) => told.push(place), failed: () => told.push("failed") });
      }`,
    );
  const hit = (id: string, fields: string) =>
    `{ id: "${id}", score: 1, entry: { id: "${id}", fields: ${fields} }, matches: [], part: { modality: "text", text: "Of the ${id}." } }`;
  const define = () => app.run("../../../packages/widget/src/widget.ts", "() => undefined");
  const type = async (query: string) => {
    await app.page.evaluate("document.querySelector('pipit-search').show()");
    await app.page.keyboard.type(query);
  };
  const option = (at: number) => app.page.locator("pipit-search [role=option]").nth(at);

  const BOTH = `async () => ({ took: { total: 1 }, hits: [
    ${hit("wren", "{ name: 'Wren' }")},
    ${hit("a.txt#3", "{ path: 'a.txt', part: 3 }")},
    ${hit("a.txt", "{ path: 'a.txt', part: 1 }")},
  ] })`;
  const question = { text: "wren", scope: "all", choice: { group: "", region: "", size: "" } };

  test("opens a hit in this tab: a bird's page, and a file at the part that was found", async () => {
    await define();
    await add(BOTH);
    await type("wren");
    await option(0).click();
    await app.page.evaluate("document.querySelector('pipit-search').show()");
    await option(1).click();
    expect(await app.page.evaluate("told")).toEqual([
      { question, page: { bird: "wren" } },
      { question, page: { path: "a.txt", part: 3 } },
    ]);
  });

  test("shows a file once, however many of its parts are found", async () => {
    await define();
    await add(BOTH);
    await type("wren");
    await option(1).waitFor();
    expect(await app.page.locator("pipit-search [role=option]").count()).toBe(2);
  });

  test("shows a file by its path", async () => {
    await define();
    await add(
      `async () => ({ took: { total: 1 }, hits: [${hit("notes/a.txt", "{ name: 'a.txt', path: 'notes/a.txt', part: 1 }")}] })`,
    );
    await type("a.txt");
    await expect.poll(() => option(0).locator("[part=hit-title]").textContent()).toBe("notes/a.txt");
  });

  test("shows other files beside one of many parts", async () => {
    await define();
    await add(`async (query, { k, filter }) => {
      const left = new Set((filter?.and ?? []).flatMap(({ not }) => not.in));
      const parts = Array.from({ length: 99 }, (_, at) => ({ path: "a.txt", part: at + 1 }));
      const all = [...parts, { path: "b.txt", part: 1 }].filter(({ path }) => !left.has(path)).slice(0, k);
      return { took: { total: 1 }, hits: all.map((fields) => (
        { id: fields.path + fields.part, score: 1, entry: { id: "", fields }, matches: [], part: { modality: "text", text: "" } })) };
    }`);
    await type("cell");
    await option(1).waitFor();
    expect(await app.page.locator("pipit-search [role=option]").count()).toBe(2);
  });

  test("opens a hit in a new tab by its address, and stays as it is", async () => {
    await define();
    await add(BOTH);
    await type("wren");
    await option(0).waitFor();
    const [tab] = await Promise.all([app.page.context().waitForEvent("page"), app.page.keyboard.press("Shift+Enter")]);
    await tab.waitForURL(/\?q=wren&in=all&bird=wren$/);
    expect(await app.page.evaluate("told")).toEqual([]);
  });

  test("tells the page when a search fails", async () => {
    await define();
    await add("() => Promise.reject(new Error('No worker.'))");
    await type("wren");
    await app.page.waitForFunction("told.includes('failed')");
  });
});

describe("the better model", () => {
  const show = (improve: string) =>
    app.run(
      "view/model-view.ts",
      `({ ModelView }) => {
        globalThis.told = [];
        const parts = { adopted: () => told.push("adopted"), notAdopted: () => told.push("not adopted") };
        const engine = { improve: ${improve} };
        globalThis.model = new ModelView({ engines: async () => [engine, engine], ...parts });
      }`,
    );

  test("that is not taken up can be asked for again, and the page is told", async () => {
    await show("async () => ({ adopted: false, why: 'its file is gone' })");
    await click("get-model");
    await expect.poll(() => text("model-text")).toBe("The larger model does not work here. Search goes on without it.");
    expect(await text("status-model")).toBe("The larger model was not taken: its file is gone");
    expect([await isHidden("get-model"), await isHidden("stop-model")]).toEqual([false, true]);
    expect(await app.page.evaluate("[told, localStorage.getItem('pipit-better-model')]")).toEqual([
      ["not adopted"],
      null,
    ]);
  });

  test("that fails is trouble, and can be asked for again", async () => {
    await show("() => Promise.reject(new Error('No memory.'))");
    await click("get-model");
    await expect.poll(() => text("trouble-text")).toBe("The better model could not be taken up. No memory.");
    expect(await isHidden("get-model")).toBe(false);
  });

  test("that is stopped is no trouble", async () => {
    await show(
      "({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))",
    );
    await click("get-model");
    await app.page.waitForSelector("#stop-model:visible");
    await click("stop-model");
    await expect.poll(() => text("model-text")).toBe("Stopped. What was fetched is kept for the next try.");
    expect(await isHidden("trouble")).toBe(true);
  });

  test.each([
    ['{ stage: "download", done: 500_000, total: 1_000_000 }', "Fetching the model: 500 kB of 1 MB", 0.5],
    ['{ stage: "download", done: 500_000 }', "Fetching the model: 500 kB", -1],
    ['{ stage: "pack", done: 3, total: 6 }', "Making it ready for this device, once: layer 3 of 6", 0.5],
    ['{ stage: "prove", done: 0 }', "Checking on this device that its numbers are right…", -1],
    ['{ stage: "refine", done: 1, total: 2_000 }', "Reading your entries again: 1 entry of 2,000", 0.0005],
  ])("says how far it is: %s", async (progress, words, position) => {
    await show(`({ onProgress }) => {
      onProgress({ stage: "download", done: 1, total: 4 });
      onProgress(${progress});
      return new Promise(() => undefined);
    }`);
    await click("get-model");
    await expect.poll(() => text("model-text")).toBe(words);
    expect(await app.page.evaluate("document.getElementById('model-bar').position")).toBe(position);
  });

  test("is reported as soon as it answers queries, and used without asking at the next visit", async () => {
    await show(`async ({ onProgress }) => {
      for (const done of [1, 2]) onProgress({ stage: "refine", done, total: 2 });
      return { adopted: true, why: "proven" };
    }`);
    await click("get-model");
    await expect.poll(() => text("model-text")).toBe("Done. The larger model answers from now on.");
    // Two for each of two collections: when queries use the model, and when its entries have been embedded again.
    expect(await app.page.evaluate("told")).toEqual(["adopted", "adopted", "adopted", "adopted"]);
    await app.page.evaluate("model.offer()");
    expect(await app.page.evaluate("told.length")).toBe(8);
  });
});

describe("the search", () => {
  const HIT =
    '{ id: "a.txt", score: 0.5, entry: { id: "a.txt", fields: { path: "a.txt" } }, matches: [], part: { modality: "text", text: "The heron." } }';
  const show = (search: string) =>
    app.run(
      "view/search-view.ts",
      `({ SearchView }) => {
        globalThis.told = [];
        globalThis.view = new SearchView({
          searcher: async () => ({ search: ${search} }),
          guide: async () => new Map(),
          answered: ({ of }) => told.push(of),
          scopeChanged: () => undefined,
          settled: (question) => (globalThis.settled ??= []).push(question.text),
        });
      }`,
    );
  /** Answers each question when the test releases it. */
  const ANSWERS = `(query, { signal }) => new Promise((resolve, reject) => {
    (globalThis.asked ??= {})[query] = { reject, signal, answer: () => resolve({ of: query, hits: [${HIT}], took: {} }) };
  })`;
  const ask = (query: string) => app.page.fill("#query", query);
  const asked = (query: string) => app.page.waitForFunction((query) => Reflect.get(window, "asked")?.[query], query);

  test("shows the answer to the newest question alone, and aborts the older ones", async () => {
    await show(ANSWERS);
    await ask("old");
    await asked("old");
    await ask("new");
    await asked("new");
    expect(await app.page.evaluate("[asked.old.signal.aborted, asked.new.signal.aborted]")).toEqual([true, false]);
    await app.page.evaluate("asked.new.answer()");
    await app.page.waitForSelector("#hits h2");
    await app.page.evaluate("asked.old.answer()");
    await app.page.evaluate("view.whenAnswered()");
    expect(await app.page.evaluate("told")).toEqual(["new"]);
  });

  test("marks the words of a question in a title, although its passage lacks them", async () => {
    await show(`async () => ({ hits: [${HIT.replaceAll("a.txt", "birds/robin.txt")}], took: {} })`);
    await ask("robin");
    await expect.poll(() => app.page.locator("#hits h2 mark").allTextContents()).toEqual(["robin"]);
  });

  test("shows no failure of an older question", async () => {
    await show(ANSWERS);
    await ask("old");
    await asked("old");
    await ask("new");
    await asked("new");
    await app.page.evaluate("asked.old.reject(new Error('Gone.'))");
    expect(await isHidden("trouble")).toBe(true);
    await app.page.evaluate("asked.new.answer()");
    await app.page.waitForSelector("#hits h2");
  });

  test("says when it failed, until it works again", async () => {
    await show(ANSWERS);
    await ask("one");
    await asked("one");
    await app.page.evaluate("asked.one.reject(new Error('No worker.'))");
    await expect.poll(() => text("trouble-text")).toBe("The search did not work. No worker.");
    await ask("two");
    await asked("two");
    await app.page.evaluate("asked.two.answer()");
    await app.page.waitForSelector("#trouble", { state: "hidden" });
  });

  test("leaves nothing of the answer before under a question that failed", async () => {
    await show(ANSWERS);
    await ask("one");
    await asked("one");
    await app.page.evaluate("asked.one.answer()");
    await app.page.waitForSelector("#hits h2");
    await ask("two");
    await asked("two");
    await app.page.evaluate("asked.two.reject(new Error('No worker.'))");
    await app.page.waitForSelector("#trouble:not([hidden])");
    expect([await app.page.locator("#hits li").count(), await text("search-status")]).toEqual([0, ""]);
  });

  test("asks a question that is too long by its beginning", async () => {
    await show("async (query) => { told.push(query.length); return { of: query.at(-1), hits: [], took: {} }; }");
    await ask(`${"w".repeat(7_999)}🐦 ${"w".repeat(2_000)}`);
    await app.page.waitForFunction("told.length === 2");
    expect(await app.page.evaluate("told")).toEqual([7_999, "w"]);
  });

  const birds = (count: number, facts = "") =>
    `async (query, { k }) => {
      const hit = (_, at) => ({ id: "b" + at, score: 1, entry: { id: "b" + at, text: "", fields: {} }, matches: [], part: { modality: "text", text: "" } });
      return { of: query, hits: Array.from({ length: Math.min(k, ${count}) }, hit), took: {}, ${facts} };
    }`;
  const shown = () => app.page.locator("#hits > li").count();

  test("shows twelve hits, and twelve more for each press, with the focus on the first new one, until all are shown", async () => {
    await show(birds(30));
    await ask("one");
    await expect.poll(shown).toBe(12);
    await app.page.click("#more");
    await expect.poll(shown).toBe(24);
    expect(
      await app.page.evaluate("document.activeElement.closest('li') === document.querySelectorAll('#hits > li')[12]"),
    ).toBe(true);
    await app.page.click("#more");
    await expect.poll(shown).toBe(30);
    expect(await isHidden("more")).toBe(true);
  });

  test("shows twelve hits again for the next question", async () => {
    await show(birds(30));
    await ask("one");
    await app.page.click("#more");
    await expect.poll(shown).toBe(24);
    await ask("two");
    await expect.poll(shown).toBe(12);
  });

  test("offers no more where twelve are all", async () => {
    await show(birds(12));
    await ask("one");
    await expect.poll(shown).toBe(12);
    expect(await isHidden("more")).toBe(true);
  });

  /** An engine of one document of many parts, whose parts come first, and of `count` others; it leaves out those of a filter. */
  const crowded = (count: number) =>
    `async (query, { k, filter }) => {
      const left = new Set((filter?.and ?? []).flatMap(({ not }) => not.in));
      const hit = (path, part) => ({ id: path + "#" + part, score: 1, matches: [], part: { modality: "text", text: "" },
        entry: { id: path + "#" + part, text: "", fields: { path, part } } });
      const parts = Array.from({ length: 2000 }, (_, at) => hit("novel", at + 1));
      const others = Array.from({ length: ${count} }, (_, at) => hit("other" + at, 1));
      const hits = [...parts, ...others].filter(({ entry }) => !left.has(entry.fields.path));
      return { of: query, hits: hits.slice(0, k), took: {} };
    }`;

  test("shows all documents beside one with many parts, and the button only while a press adds some", async () => {
    await show(crowded(29));
    await app.page.check("input[value=mine]", { force: true });
    await ask("cell");
    await expect.poll(shown).toBe(12);
    expect(await app.page.textContent("#hits .others summary")).toBe("51 more parts of this document");
    for (const count of [24, 30]) {
      await app.page.click("#more");
      await expect.poll(shown).toBe(count);
    }
    expect(await isHidden("more")).toBe(true);
    await show(crowded(0));
    await ask("mitochondrion");
    await expect.poll(shown).toBe(1);
    expect(await isHidden("more")).toBe(true);
  });

  test("says above hits that are no good match that they are not, and sets them apart", async () => {
    await show(birds(3, "weak: true"));
    await ask("tax return");
    await expect.poll(() => text("search-status")).toBe("No good match. These come nearest:");
    expect(await app.page.getAttribute("#search-status", "role")).toBe("status");
    expect([await shown(), await app.page.locator("#hits.weak").count()]).toEqual([3, 1]);
  });

  test("rests at a question after a pause in typing, not at each letter", async () => {
    await show(birds(1));
    await app.page.locator("#query").pressSequentially("owls at night", { delay: 10 });
    expect(await app.page.evaluate("globalThis.settled")).toBeUndefined();
    await expect.poll(() => app.page.evaluate("globalThis.settled")).toEqual(["owls at night"]);
  });

  test("rests at once at a question that is sent, an example, a scope and a filter", async () => {
    await show(birds(1));
    await ask("owls");
    await app.page.press("#query", "Enter");
    expect(await app.page.evaluate("settled.at(-1)")).toBe("owls");
    await ask("");
    await app.page.click("#examples button:nth-child(2)");
    expect(await app.page.evaluate("settled.at(-1)")).toBe("laughs like a person");
    const before = await app.page.evaluate<number>("settled.length");
    await app.page.check("input[value=all]", { force: true });
    await app.page.evaluate("document.getElementById('group').dispatchEvent(new Event('change', { bubbles: true }))");
    expect(await app.page.evaluate("settled.length")).toBe(before + 2);
  });

  test("keeps what was typed before the script was there, over an address without a question", async () => {
    await ask("typed early");
    await show(birds(1));
    const choice = '{ group: "", region: "", size: "" }';
    await app.page.evaluate(`view.begin({ text: "", scope: "guide", choice: ${choice} })`);
    await app.page.waitForSelector("#hits > li");
    expect(await app.page.inputValue("#query")).toBe("typed early");
  });

  test("is empty where nothing is asked, with the examples back", async () => {
    await show(ANSWERS);
    await ask("one");
    await asked("one");
    await app.page.evaluate("asked.one.answer()");
    await app.page.waitForSelector("#hits h2");
    expect(await isHidden("examples")).toBe(true);
    await ask(" ");
    expect([await app.page.locator("#hits li").count(), await text("search-status")]).toEqual([0, ""]);
    expect(await isHidden("examples")).toBe(false);
  });

  test("is not asked again by a scope that was chosen already", async () => {
    await show(`async (query) => { told.push("asked"); return { of: query, hits: [], took: {} }; }`);
    await ask("one");
    await app.page.waitForFunction("told.length === 2");
    await app.page.evaluate("view.choose('guide')");
    await app.page.evaluate("view.choose('nowhere')");
    await app.page.evaluate("view.whenAnswered()");
    expect(await app.page.evaluate("told.length")).toBe(2);
  });

  test("takes an example by a press on its button, not between them", async () => {
    await show(ANSWERS);
    await click("examples");
    expect(await app.page.inputValue("#query")).toBe("");
    await app.page.click("#examples button:nth-child(2)");
    expect(await app.page.inputValue("#query")).toBe("laughs like a person");
  });
});

test("the browser's Back does not choose another scope than the page shows", async () => {
  await app.page.check("input[value=mine]", { force: true });
  await app.page.goto("about:blank");
  await app.page.goBack();
  expect(await app.page.locator("input:checked").getAttribute("value")).toBe("guide");
});

describe("the footer", () => {
  const show = (stats: string, documents = 0) =>
    app.run(
      "view/status-view.ts",
      `({ showStatus }) => showStatus(${stats}, { birds: 363, documents: ${documents} }, undefined)`,
    );
  const figures = () => app.page.locator("#status-figures li").allTextContents();
  const STATS =
    "{ entries: 2, provisional: 1, producer: { name: 'starter' }, backend: 'wasm', why: 'it ships.', recall: 0.99 }";

  test("says in one line what is searched", async () => {
    await show(`[{ stats: async () => (${STATS}) }]`);
    expect(await text("status")).toBe("363 birds, searched on this device.");
    await show(`[{ stats: async () => (${STATS}) }]`, 1);
    expect(await text("status")).toBe("363 birds and 1 document of yours, searched on this device.");
  });

  test("names behind Details the model, the stored entries, and the entries to be embedded again", async () => {
    await show(`[{ stats: async () => (${STATS}) }, { stats: async () => ({ ...${STATS}, recall: undefined }) }]`);
    expect(await app.page.isVisible("#status-answer")).toBe(false);
    await app.page.click("footer summary");
    expect(await app.page.isVisible("#status-answer")).toBe(true);
    expect(await text("status-answer")).toBe("Answered by the starter encoder on WebAssembly: it ships.");
    expect((await figures()).join()).toMatch(
      /^4 entries in the collections,.* stored on this device,recall 0\.99,2 to be read again by the larger model$/,
    );
  });

  test("says less if the browser does not report how much is stored", async () => {
    await app.page.evaluate("navigator.storage.estimate = () => Promise.reject(new Error('blocked'))");
    await show(`[{ stats: async () => (${STATS}) }]`);
    expect(await figures()).toEqual([
      "2 entries in the collections",
      "recall 0.99",
      "1 to be read again by the larger model",
    ]);
  });

  test("does not list all entries as waiting if the starter embedded all", async () => {
    await show(`[{ stats: async () => ({ ...${STATS}, provisional: 2 }) }]`);
    expect((await figures()).join()).not.toContain("read again");
  });
});

test("what a first visit waits for is shown with its progress, and then gone", async () => {
  const told = () =>
    app.page.evaluate(
      "[document.getElementById('fetching-text').textContent, document.getElementById('fetching-bar').position]",
    );
  expect(await told()).toEqual([expect.stringMatching(/^Fetching Pipit/), -1]);
  const run = (call: string) => app.run("view/opening-view.ts", `({ OpeningView }) => new OpeningView().${call}`);
  await run("fetching(1_000_000, 4_000_000)");
  expect(await told()).toEqual(["Fetching the search, once: 1 MB of 4 MB.", 0.25]);
  await run("reading(60, 300)");
  expect(await told()).toEqual(["Reading the field guide: 60 of 300 birds.", 0.2]);
  await run("done()");
  expect(await isHidden("fetching")).toBe(true);
});
