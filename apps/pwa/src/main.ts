import type { SearchResult } from "@pipit/core";
import { type CollectionName, keepsNothing, openEngine, type TabEngine } from "./engine.ts";
import { memoryLedger, openLedger } from "./files/ledger.ts";
import { groupsOf, loadGuide, regionsOf } from "./guide/guide.ts";
import { openGuide } from "./guide/open-guide.ts";
import { keepForOffline } from "./offline.ts";
import { joined } from "./search/joined-engine.ts";
import { MatchingPart } from "./search/matching-part.ts";
import { Timings } from "./search/timings.ts";
import { trustOwnAddresses } from "./trusted.ts";
import { part } from "./view/element.ts";
import { FilesView } from "./view/files-view.ts";
import { ModelView } from "./view/model-view.ts";
import { giveNotice } from "./view/notices.ts";
import { offerInstall, watchConnection } from "./view/offline-view.ts";
import { offerChoices, type Scope, SearchView } from "./view/search-view.ts";
import { showStatus } from "./view/status-view.ts";
import { hideTrouble, showTrouble } from "./view/trouble.ts";
import { VersionOffer } from "./view/version-offer.ts";

document.documentElement.dataset.started = "yes";
trustOwnAddresses();

const guide = loadGuide();
const timings = new Timings(50);
const versions = new VersionOffer();
const filled = openGuide({
  open: (storage) => openEngine("guide", storage),
  guide,
  version: __GUIDE_VERSION__,
  answered: () => search.whenAnswered(),
});
const engines: Record<CollectionName, Promise<TabEngine>> = {
  guide: filled.then(({ engine }) => engine),
  mine: openEngine("mine"),
};
// Entries in memory are lost when the page closes, so their ledger must be in memory too.
const ledger = engines.mine.then((engine) => (keepsNothing(engine) ? memoryLedger() : openLedger()));
// `start` reports their failures, and may end before it awaits them.
for (const opening of [filled, engines.guide, engines.mine, ledger]) opening.catch(() => undefined);
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
  changed,
});

const model = new ModelView({
  engines: bothEngines,
  adopted: () => {
    matching.forget();
    void search.ask();
    void refreshStatus();
  },
  notAdopted: () => void versions.check(),
});

part("trouble-close", HTMLButtonElement).addEventListener("click", () => hideTrouble());
watchConnection();
offerInstall();
start().catch((error: unknown) => showTrouble("Pipit could not start.", error));

async function start(): Promise<void> {
  const pages = await guide;
  offerChoices(part("group", HTMLSelectElement), groupsOf(pages));
  offerChoices(part("region", HTMLSelectElement), regionsOf(pages));
  // Questions use the first engine until the complete one is ready.
  engines.guide = Promise.resolve(await (await filled).whole);
  const opened = await bothEngines();
  tellOfStorage(opened);
  void search.ask();
  for (const engine of opened) engine.onChange(changed);
  await Promise.all([files.follow(), files.refresh(), refreshStatus()]);
  document.documentElement.dataset.ready = "yes";
  const { registration, why } = await keepForOffline();
  if (registration) versions.watch(registration);
  giveNotice(why);
  await Promise.all([model.offer(), openPalette(opened)]);
}

function changed(): void {
  void search.ask();
  void refreshStatus();
}

function tellOfStorage(opened: readonly TabEngine[]): void {
  if (!opened.some(keepsNothing)) return;
  giveNotice("This browser keeps nothing for this site: files that you add are gone when the page is closed.");
}

function bothEngines(): Promise<TabEngine[]> {
  return Promise.all([engines.guide, engines.mine]);
}

async function refreshStatus(): Promise<void> {
  await showStatus(await bothEngines(), timings.median);
}

/** Ctrl+K opens the widget over the same engines. It is loaded last, because the first search does not need it. */
async function openPalette(opened: readonly TabEngine[]): Promise<void> {
  const palette = await import("./view/palette.ts").catch((error: unknown) => {
    showTrouble("The search over everything (Ctrl+K) could not be loaded.", error);
  });
  palette?.addPalette(opened, {
    chosen(scope, query) {
      search.choose(scope);
      search.askFor(query);
    },
    failed: () => void versions.check(),
  });
}
