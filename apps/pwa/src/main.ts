import type { SearchResult } from "@pipit/core";
import { type CollectionName, openEngine, type TabEngine } from "./engine.ts";
import { openLedger } from "./files/ledger.ts";
import { groupsOf, loadGuide, regionsOf } from "./guide/guide.ts";
import { fillGuide } from "./guide/guide-collection.ts";
import { keepForOffline } from "./offline.ts";
import { joined } from "./search/joined-engine.ts";
import { MatchingPart } from "./search/matching-part.ts";
import { Timings } from "./search/timings.ts";
import { trustOwnAddresses } from "./trusted.ts";
import { part } from "./view/element.ts";
import { FilesView } from "./view/files-view.ts";
import { ModelView } from "./view/model-view.ts";
import { offerInstall, watchConnection } from "./view/offline-view.ts";
import { offerChoices, type Scope, SearchView } from "./view/search-view.ts";
import { showStatus } from "./view/status-view.ts";
import { hideTrouble, showTrouble } from "./view/trouble.ts";

trustOwnAddresses();

const guide = loadGuide();
const timings = new Timings(50);
const ledger = openLedger();
const filled = openGuide();
const engines: Record<CollectionName, Promise<TabEngine>> = {
  guide: filled.then(({ engine }) => engine),
  mine: openEngine("mine"),
};
const matching = new MatchingPart(async (texts, signal) => (await engines.guide).embed(texts, { signal }));

const search = new SearchView({
  searcher: async (scope) => (scope === "all" ? joined(await bothEngines()) : engines[scope]),
  guide: () => guide,
  matching,
  answered: (_result: SearchResult, took: number) => {
    timings.add(took);
    void refreshStatus();
  },
  scopeChanged: (scope: Scope) => {
    part("mine", HTMLElement).hidden = scope !== "mine";
  },
});

const files = new FilesView({
  engine: () => engines.mine,
  ledger: () => ledger,
  dropped: () => search.choose("mine"),
  changed: () => {
    void search.ask();
    void refreshStatus();
  },
});

const model = new ModelView({
  engines: bothEngines,
  adopted: () => {
    matching.forget();
    void search.ask();
    void refreshStatus();
  },
});

part("trouble-close", HTMLButtonElement).addEventListener("click", () => hideTrouble());
watchConnection();
offerInstall();
start().catch((error: unknown) => showTrouble("Pipit could not start.", error));

async function start(): Promise<void> {
  const [pages, opened] = await Promise.all([guide, bothEngines()]);
  offerChoices(part("group", HTMLSelectElement), groupsOf(pages));
  offerChoices(part("region", HTMLSelectElement), regionsOf(pages));
  await (await filled).whole;
  void search.ask();
  for (const engine of opened) engine.onChange(() => void search.ask());
  await Promise.all([files.refresh(), refreshStatus()]);
  document.documentElement.dataset.ready = "yes";
  await keepForOffline();
  await Promise.all([model.offer(), openPalette(opened)]);
}

async function openGuide(): Promise<{ engine: TabEngine; whole: Promise<void> }> {
  const [engine, pages] = await Promise.all([openEngine("guide"), guide]);
  const { findable, whole } = fillGuide(engine, pages, __GUIDE_VERSION__);
  await findable;
  return { engine, whole };
}

function bothEngines(): Promise<TabEngine[]> {
  return Promise.all([engines.guide, engines.mine]);
}

async function refreshStatus(): Promise<void> {
  await showStatus(await bothEngines(), timings.median);
}

/** Ctrl+K from anywhere: the widget over the same engines. Loaded last, as nobody needs it for the first search. */
async function openPalette(opened: readonly TabEngine[]): Promise<void> {
  const { addPalette } = await import("./view/palette.ts");
  addPalette(opened, (scope, query) => {
    search.choose(scope);
    search.askFor(query);
  });
}
