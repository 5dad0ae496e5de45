import {
  type AddOptions,
  type Entry,
  type EntryPatch,
  type EntrySource,
  reviveError,
  type SearchEngine,
  type SearchOptions,
} from "@pipit/core";
import type { Page } from "playwright-core";
import type { Choice, Driven, DrivenCall } from "./pages/drive.ts";

const sources = new Map<number, AsyncIterator<Entry>>();
const listeners = new Map<number, AddOptions["onProgress"]>();
const driven = new WeakSet<Page>();
let calls = 0;

/** An engine in a page, with the same interface for a test in Node. Every call is made inside the page. */
export async function remoteEngine(
  page: Page,
  choice: Choice,
): Promise<SearchEngine & { odd(name: string): Promise<unknown> }> {
  await expose(page);
  const engine = unwrap(await page.evaluate((chosen) => window.drive.open(chosen), choice)) as number;
  const run = async (method: DrivenCall["method"], args: unknown[], signal?: AbortSignal): Promise<unknown> => {
    const call = ++calls;
    const abort = () => void page.evaluate((id) => window.drive.abort(id), call);
    signal?.addEventListener("abort", abort);
    const aborted = signal?.aborted ?? false;
    return unwrap(await page.evaluate((it) => window.drive.call(it), { engine, call, method, args, aborted }));
  };
  return {
    async add(entries: EntrySource, { signal, onProgress }: AddOptions = {}) {
      const source = ++calls;
      sources.set(source, iterate(entries));
      listeners.set(source, onProgress);
      return (await run("add", [source], signal)) as Awaited<ReturnType<SearchEngine["add"]>>;
    },
    async update(id: string, patch: EntryPatch) {
      await run("update", [id, patch]);
    },
    remove: async (ids) => (await run("remove", [ids])) as number,
    async search(query, { signal, ...options }: SearchOptions = {}) {
      const plain = query instanceof Float32Array ? [...query] : query;
      return (await run("search", [plain, options], signal)) as Awaited<ReturnType<SearchEngine["search"]>>;
    },
    stats: async () => (await run("stats", [])) as Awaited<ReturnType<SearchEngine["stats"]>>,
    // The page makes these calls itself, because the driver's JSON would change their arguments.
    odd: (name) => run("odd", [name]),
    async close() {
      await run("close", []);
    },
  };
}

async function expose(page: Page): Promise<void> {
  if (driven.has(page)) return;
  driven.add(page);
  await page.exposeFunction("pullEntry", async (source: number) => {
    const next = await sources.get(source)!.next();
    return next.done ? undefined : { entry: next.value };
  });
  await page.exposeFunction("tellProgress", (source: number, done: number) => listeners.get(source)?.({ done }));
}

function unwrap(outcome: Driven): unknown {
  if (outcome.error) throw reviveError(outcome.error);
  return outcome.value;
}

async function* iterate(entries: EntrySource): AsyncGenerator<Entry> {
  yield* entries;
}
