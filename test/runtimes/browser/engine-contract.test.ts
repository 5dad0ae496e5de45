import type { Page } from "playwright-core";
import { beforeAll } from "vitest";
import { searchEngineContract } from "../../contracts/search-engine.ts";
import { usePages } from "./open-page.ts";
import { remoteEngine } from "./remote-engine.ts";

const pages = usePages();
let page: Page;
let collections = 0;

beforeAll(async () => {
  page = await pages.open();
});

searchEngineContract("in a tab's worker, over IndexedDB", () =>
  remoteEngine(page, { name: `contract-${++collections}`, worker: "./bag-worker.ts" }),
);
