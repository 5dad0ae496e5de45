import { beforeEach, describe, expect, test } from "vitest";
import { type AppPage, useAppPages } from "./open-app-page.ts";

/** An engine whose calls a test ends: `settle.resolve()`, `settle.reject(error)`. */
const ENGINE = `{
  globalThis.calls = [];
  globalThis.held = () => { globalThis.settle = Promise.withResolvers(); return settle.promise; };
  globalThis.engine = {
    async add(entries, { signal, onProgress }) {
      calls.push("add");
      const ended = held();
      signal.addEventListener("abort", () => settle.reject(signal.reason));
      let done = 0;
      for await (const _ of entries) onProgress({ done: ++done });
      await ended;
      return { added: done };
    },
    async entriesOf() { return []; },
    async remove(ids) { calls.push("remove " + ids.join()); await globalThis.refusal?.(); },
  };
}`;
const DONE = "settle.resolve()";

const pages = useAppPages();
let app: AppPage;

beforeEach(async () => {
  app = await pages.open();
  await app.page.evaluate(ENGINE);
});

const text = (id: string) => app.page.textContent(`#${id}`);
const isHidden = (id: string) => app.page.evaluate<boolean>(`document.getElementById("${id}").hidden`);
const pick = (name: string, words = "The heron stands still.") =>
  app.page.setInputFiles("#pick-files", { name, mimeType: "text/plain", buffer: Buffer.from(words) });
const calls = () => app.page.evaluate<string[]>("calls");
const called = (call: string) => app.page.waitForFunction((call) => Reflect.get(window, "calls").includes(call), call);
const says = (words: string) => expect.poll(() => text("outcome")).toBe(words);
const click = (id: string) => app.page.evaluate(`document.getElementById("${id}").click()`);

/** The app's list of files, with records of the given paths. */
async function show(records: readonly string[] = [], engine = "async () => globalThis.engine"): Promise<void> {
  await app.run(
    "files/ledger.ts",
    `async ({ memoryLedger }) => {
      globalThis.ledger = memoryLedger();
      for (const path of ${JSON.stringify(records)}) await ledger.put({ path, bytes: 10, parts: 1, addedAt: 1 });
    }`,
  );
  await app.run(
    "view/files-view.ts",
    `async ({ FilesView }) => {
      globalThis.changed = 0;
      globalThis.dropped = 0;
      globalThis.view = new FilesView({ engine: ${engine}, ledger: async () => ledger, dropped: () => dropped++, changed: () => changed++ });
      await view.refresh();
    }`,
  );
}

describe("an intake", () => {
  test("runs alone: files that are given meanwhile are refused, and are taken after it", async () => {
    await show();
    await pick("a.txt");
    await called("add");
    expect(await isHidden("progress")).toBe(false);
    await pick("b.txt");
    await says("Files are being read already. Wait for them, or cancel.");
    expect(await calls()).toEqual(["add"]);
    await app.page.evaluate(DONE);
    await says("1 file stored and searchable.");
    expect([await isHidden("progress"), await isHidden("trouble")]).toEqual([true, true]);
    await pick("b.txt");
    await expect.poll(async () => (await calls()).length).toBe(2);
    await app.page.evaluate(DONE);
    await expect.poll(() => text("mine-count")).toBe("2");
  });

  test("begins without the progress of the one before", async () => {
    await show([], "() => globalThis.opening ?? Promise.resolve(globalThis.engine)");
    await pick("a.txt");
    await called("add");
    await expect.poll(() => text("progress-text")).toMatch(/^[01] of 1 file/);
    await app.page.evaluate(DONE);
    await says("1 file stored and searchable.");
    await app.page.evaluate("void (globalThis.opening = new Promise(() => undefined))");
    await pick("b.txt");
    await expect.poll(() => isHidden("progress")).toBe(false);
    expect(await text("progress-text")).toBe("");
    expect(await app.page.evaluate("document.getElementById('progress-bar').value")).toBe(0);
  });

  test("leaves the picker empty, so that the same file can be picked again", async () => {
    await show();
    await pick("a.txt");
    expect(await app.page.inputValue("#pick-files")).toBe("");
  });

  test("ends when it is cancelled, which is no trouble", async () => {
    await show();
    await pick("a.txt");
    await called("add");
    await click("cancel");
    await expect.poll(() => text("outcome")).toMatch(/^Stopped\./);
    expect(await isHidden("trouble")).toBe(true);
  });

  test("of no files, as of an empty folder, says that nothing was stored", async () => {
    await show();
    await app.page.evaluate("document.getElementById('pick-folder').dispatchEvent(new Event('change'))");
    await called("add");
    await app.page.evaluate(DONE);
    await says("Nothing was stored.");
  });

  test("that fails says so, and the next one is taken", async () => {
    await show();
    await pick("a.txt");
    await called("add");
    await app.page.evaluate("settle.reject(new Error('The disk is full.'))");
    await expect.poll(() => text("trouble-text")).toBe("Not all files could be stored. The disk is full.");
    await pick("a.txt");
    await expect.poll(async () => (await calls()).filter((call) => call === "add")).toHaveLength(2);
    await expect.poll(() => isHidden("trouble")).toBe(true);
  });

  test("without an engine says so, and the next one is taken", async () => {
    await show([], "() => globalThis.broken ? Promise.reject(new Error('No worker.')) : Promise.resolve(engine)");
    await app.page.evaluate("globalThis.broken = true");
    await pick("a.txt");
    await says("Nothing was stored.");
    expect(await text("trouble-text")).toBe("No files could be stored. No worker.");
    await app.page.evaluate("globalThis.broken = false");
    await pick("a.txt");
    await called("add");
  });
});

describe("a removal", () => {
  const remove = (path: string) => app.page.evaluate(`document.querySelector("[data-path='${path}']").click()`);
  const listed = () => app.page.locator("#documents .path").allTextContents();

  test("that fails says so, and lists what is still there", async () => {
    await show(["a.txt", "b.txt"]);
    await app.page.evaluate("globalThis.refusal = () => Promise.reject(new Error('The disk is full.'))");
    await remove("a.txt");
    await expect.poll(() => text("trouble-text")).toBe("Not everything could be removed. The disk is full.");
    expect([await text("outcome"), await listed()]).toEqual(["", ["a.txt", "b.txt"]]);
    await app.page.waitForFunction("changed === 1");
  });

  test("of a file that another tab has removed is done", async () => {
    await show(["a.txt"]);
    await app.page.evaluate("ledger.remove('a.txt')");
    await remove("a.txt");
    await says("1 document removed.");
    expect([await calls(), await isHidden("trouble"), await listed()]).toEqual([[], true, []]);
  });

  test("takes a press on its button", async () => {
    await show(["a.txt"]);
    await app.page.evaluate("document.querySelector('#documents .path').click()");
    expect([await text("outcome"), await listed()]).toEqual(["", ["a.txt"]]);
  });

  test.each([
    ["is refused", false, ["a.txt", "b.txt"]],
    ["is agreed to", true, []],
  ])("of everything is asked about, and %s", async (_, answer, left) => {
    await show(["a.txt", "b.txt"]);
    await app.page.evaluate(`globalThis.confirm = () => ${answer}`);
    await click("clear");
    await expect.poll(listed).toEqual(left);
    expect(await text("outcome")).toBe(answer ? "2 documents removed." : "");
  });
});

describe("a file that is torn, because its page was closed", () => {
  const TORN = `{ path: "a.txt", bytes: 10, parts: 3, addedAt: 2, cut: true, replacing: { former: { path: "a.txt" }, stored: 1 } }`;
  const start = () => app.page.evaluate("ledger.put(torn).then(() => view.follow())");

  beforeEach(async () => {
    await show();
    await app.page.evaluate(`void (globalThis.torn = ${TORN})`);
  });

  test("is mended at the next start, and listed as it is then", async () => {
    await start();
    expect([await calls(), await app.page.evaluate("changed")]).toEqual([["remove a.txt#2,a.txt#3"], 1]);
    expect(await text("documents")).toContain("a.txt10 bytes, only its beginning");
    expect(await app.page.evaluate("ledger.get('a.txt')")).toMatchObject({ parts: 1, cut: true });
  });

  test("may be torn because it is being read: then it is left alone", async () => {
    await pick("b.txt");
    await called("add");
    await start();
    expect(await calls()).toEqual(["add"]);
    await app.page.evaluate(DONE);
    await says("1 file stored and searchable.");
    await start();
    expect(await calls()).toEqual(["add", "remove a.txt#2,a.txt#3"]);
  });

  test("is mended where there are no Web Locks, and files are read there", async () => {
    await app.page.evaluate("Object.defineProperty(navigator, 'locks', { value: undefined })");
    await start();
    expect(await calls()).toEqual(["remove a.txt#2,a.txt#3"]);
    await pick("b.txt");
    await called("add");
    await app.page.evaluate(DONE);
    await says("1 file stored and searchable.");
  });

  test("and cannot be mended is told", async () => {
    await app.page.evaluate("void (globalThis.refusal = () => Promise.reject(new Error('No worker.')))");
    await start();
    expect(await text("trouble-text")).toBe(
      "The rest of an earlier version of a file could not be removed. No worker.",
    );
  });
});

test("of many files the newest 300 are listed, and all are counted", async () => {
  await show(Array.from({ length: 301 }, (_, at) => `${at}.txt`));
  expect(await app.page.locator("#documents li").count()).toBe(300);
  expect(await text("documents-count")).toBe("301 documents, 3 kB, the 300 newest are listed");
});

describe("an item that is dragged over the page", () => {
  /** Dispatches an event with a file or with text; returns whether the page accepts it. */
  const drag = (type: string, what: "file" | "text", more = "{}") =>
    app.page.evaluate<boolean>(`{
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(...(${what === "file"} ? [new File(["words"], "a.txt")] : ["words", "text/plain"]));
      const event = new DragEvent("${type}", { dataTransfer, bubbles: true, cancelable: true, ...${more} });
      !document.body.dispatchEvent(event);
    }`);
  const isInvited = () => app.page.evaluate<boolean>("document.body.classList.contains('dragging')");

  test("is invited and taken where it is a file", async () => {
    await show();
    expect([await drag("dragover", "file"), await isInvited()]).toEqual([true, true]);
    expect([await drag("drop", "file"), await isInvited()]).toEqual([true, false]);
    await called("add");
    expect(await app.page.evaluate("dropped")).toBe(1);
  });

  test("is left to the browser where it is text", async () => {
    await show();
    expect([await drag("dragover", "text"), await isInvited()]).toEqual([false, false]);
    expect(await drag("drop", "text")).toBe(false);
    expect(await app.page.evaluate("dropped")).toBe(0);
  });

  test("is invited until it leaves the page, not one of its elements", async () => {
    await show();
    await drag("dragover", "file");
    await drag("dragleave", "file", "{ relatedTarget: document.querySelector('main') }");
    expect(await isInvited()).toBe(true);
    await drag("dragleave", "file");
    expect(await isInvited()).toBe(false);
  });
});
