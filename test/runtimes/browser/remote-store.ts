import { type EntryStore, reviveError, type Space, type StoreChange, type WireError } from "@pipit/core";
import type { Page } from "playwright-core";
import type { StoreCall } from "./pages/drive-store.ts";
import { fromStoreJson, toStoreJson } from "./store-json.ts";

const listeners: (() => void)[] = [];
const driven = new WeakSet<Page>();

/** An entry store over the IndexedDB of a page, with the same interface for a test in Node. */
export async function remoteStore(page: Page, identity: { name: string; space: Space }): Promise<EntryStore> {
  if (!driven.has(page)) await page.exposeFunction("tellChange", (listener: number) => listeners[listener]?.());
  driven.add(page);
  const call = async (asked: StoreCall) => {
    const answer = await page.evaluate((text) => window.pipit.driveStore(text), toStoreJson(asked));
    const { value, error } = fromStoreJson(answer) as { value?: unknown; error?: WireError };
    if (error) throw reviveError(error);
    return value as never;
  };
  const { store, createdAt } = (await call({ store: 0, method: "open", argument: identity })) as {
    store: number;
    createdAt: number;
  };
  const run = (method: StoreCall["method"], argument?: unknown) => call({ store, method, argument });
  return {
    space: identity.space,
    createdAt,
    write: (change) => run("write", change),
    getMany: (ids) => run("getMany", ids).then(withGaps),
    readTexts: (ids) => run("readTexts", ids).then(withGaps),
    async *changes(since) {
      yield* (await run("changes", since)) as readonly (readonly StoreChange[])[];
    },
    state: () => run("state"),
    async exclusively(work) {
      const turn = await run("take");
      try {
        return await work();
      } finally {
        await run("giveBack", turn);
      }
    },
    onChange(listener) {
      const at = listeners.push(listener) - 1;
      void run("listen", at);
      return () => void delete listeners[at];
    },
    close: () => run("close"),
  };
}

/** JSON has null in place of undefined. */
function withGaps(found: unknown[]): never {
  return found.map((entry) => entry ?? undefined) as never;
}
