import type { EntryStore } from "@pipit/core";
import type { Page } from "playwright-core";
import { beforeAll } from "vitest";
import { entryStoreContract } from "../../contracts/entry-store.ts";
import { usePages } from "./open-page.ts";
import { remoteStore } from "./remote-store.ts";

const pages = usePages();
const tabs: { secure: Page[]; insecure: Page[] } = { secure: [], insecure: [] };
let homes = 0;

beforeAll(async () => {
  const context = await pages.browser.newContext();
  for (let tab = 0; tab < 2; tab++) {
    tabs.secure.push(await pages.open(context));
    tabs.insecure.push(await pages.openInsecure(context));
  }
});

/** Opens holders in the two tabs alternately. */
function inTabs(kind: keyof typeof tabs) {
  return async () => {
    const name = `contract-${++homes}`;
    let holders = 0;
    return {
      open: (space: EntryStore["space"]) => remoteStore(tabs[kind][holders++ % 2]!, { name, space }),
    };
  };
}

entryStoreContract("IndexedDB of two tabs", inTabs("secure"));
entryStoreContract("IndexedDB of two tabs on plain http, without Web Locks", inTabs("insecure"));
