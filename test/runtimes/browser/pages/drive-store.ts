import { openIdbStore } from "@pipit/browser/idb-store";
import { type EntryStore, type Space, toWireError } from "@pipit/core";
import { fromStoreJson, toStoreJson } from "../store-json.ts";

/** Methods that take one value and resolve to one. */
type Driven = "write" | "getMany" | "readTexts" | "state" | "close";

export interface StoreCall {
  readonly store: number;
  readonly method: Driven | "open" | "changes" | "take" | "giveBack" | "listen";
  readonly argument?: unknown;
}

const stores: EntryStore[] = [];
const turns: (() => void)[] = [];

/** Calls an entry store of this page for a test in Node. Calls and answers are texts, because a test's driver changes odd values. */
export async function driveStore(call: string): Promise<string> {
  try {
    return toStoreJson({ value: await run(fromStoreJson(call) as StoreCall) });
  } catch (error) {
    return toStoreJson({ error: toWireError(error) });
  }
}

async function run({ store: at, method, argument }: StoreCall): Promise<unknown> {
  const store = stores[at]!;
  switch (method) {
    case "open": {
      const made = await openIdbStore(argument as { name: string; space: Space });
      return { store: stores.push(made) - 1, createdAt: made.createdAt };
    }
    case "changes": {
      const batches = [];
      for await (const batch of store.changes(argument as number)) batches.push(batch);
      return batches;
    }
    case "take":
      return new Promise((taken, failed) => {
        const held = () => new Promise<void>((end) => taken(turns.push(end) - 1));
        store.exclusively(held).catch(failed);
      });
    case "giveBack":
      return turns[argument as number]?.();
    case "listen":
      return void store.onChange(() => window.tellChange(argument as number));
    default:
      return (store[method] as (given: unknown) => Promise<unknown>)(argument);
  }
}

declare global {
  interface Window {
    tellChange(listener: number): void;
  }
}
