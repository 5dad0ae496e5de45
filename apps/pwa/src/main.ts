import type { SearchResult } from "@pipit/core";
import { type CollectionName, keepsNothing, openEngine, starterUrl, type TabEngine } from "./engine.ts";
import { fetchAhead } from "./fetch-ahead.ts";
import { memoryLedger, openLedger } from "./files/ledger.ts";
import { loadGuide } from "./guide/guide.ts";
import { openGuide } from "./guide/open-guide.ts";
import { keepForOffline, serviceWorkers } from "./offline.ts";
import { joined } from "./search/joined-engine.ts";
import type { Place, Question, Scope } from "./search/question.ts";
import { Timings } from "./search/timings.ts";
import { trustOwnAddresses } from "./trusted.ts";
import { Address } from "./view/address.ts";
import { part } from "./view/element.ts";
import { FilesView } from "./view/files-view.ts";
import { ModelView } from "./view/model-view.ts";
import { giveNotice } from "./view/notices.ts";
import { offerInstall, watchConnection } from "./view/offline-view.ts";
import { openLinks } from "./view/open-links.ts";
import { OpeningView } from "./view/opening-view.ts";
import { Reader } from "./view/reader.ts";
import { SearchView } from "./view/search-view.ts";
import { showStatus } from "./view/status-view.ts";
import { hideTrouble, showTrouble } from "./view/trouble.ts";
import { VersionOffer } from "./view/version-offer.ts";
import { whenFirstUsed } from "./when-first-used.ts";

const TITLE = document.title;
document.documentElement.dataset.started = "yes";
trustOwnAddresses();

const BIRDS_ALIKE = 5;
const guide = loadGuide();
const timings = new Timings(50);
const versions = new VersionOffer();
const opening = new OpeningView();
const address = new Address((place) => go(place));
const filled = openGuide({
  open: (storage) => openEngine("guide", storage),
  guide,
  version: __GUIDE_VERSION__,
  fetched: () => fetchedAhead(),
  answered: () => search.whenAnswered(),
  onProgress: ({ done, total = done }) => opening.reading(done, total),
});
/** Questions use the first engine until the complete one is ready. */
let guideEngine = filled.then(({ engine }) => engine);
/** Its database is made after the first hits from the guide, if no question needs it before. */
const mine = whenFirstUsed(() => openEngine("mine"));
const engines: Record<CollectionName, () => Promise<TabEngine>> = { guide: () => guideEngine, mine };
/** Resolves when both answer by meaning. That of the guide comes first, because it fetches the starter where its progress is shown. */
const whole = filled.then((guide) => guide.whole).finally(async () => (await mine()).whole());
// Entries in memory are lost when the page closes, so their ledger must be in memory too.
const ledger = whenFirstUsed(async () => (keepsNothing(await mine()) ? memoryLedger() : openLedger()));
// `start` reports their failures, and may end before it awaits them.
for (const opened of [filled, guideEngine, whole]) opened.catch(() => undefined);
whole.then(renewed, () => opening.done());

const search = new SearchView({
  searcher: async (scope) => (scope === "all" ? joined(await bothEngines()) : engines[scope]()),
  guide: () => guide,
  answered: (_result: SearchResult, took: number) => {
    timings.add(took);
    void refreshStatus();
  },
  scopeChanged: (scope: Scope) => {
    part("mine", HTMLElement).hidden = scope !== "mine";
  },
  settled: (question) => {
    address.go({ question });
    title(question);
  },
});
const reader = new Reader({
  guide: () => guide,
  alike: async (bird) => (await (await guideEngine).search({ like: bird }, { k: BIRDS_ALIKE })).hits,
  documents: mine,
  closed: () => {
    address.leave();
    title(address.place.question);
  },
});
openLinks(part("hits", HTMLElement), (place) => open(place));
openLinks(part("reader-body", HTMLElement), (place) => {
  address.turnTo(place);
  go(place);
});

const files = new FilesView({
  engine: mine,
  ledger,
  dropped: () => search.choose("mine"),
  changed,
});

const model = new ModelView({
  engines: bothEngines,
  adopted: () => {
    void search.ask();
    void refreshStatus();
  },
  notAdopted: () => void versions.check(),
});

search.begin(address.place.question);
go({ ...address.place, question: search.question });
part("trouble-close", HTMLButtonElement).addEventListener("click", () => hideTrouble());
watchConnection();
offerInstall();
start().catch((error: unknown) => showTrouble("Pipit could not start.", error));

/** Shows the place: its question, and the page that is opened over it. */
function go(place: Place): void {
  search.show(place.question);
  title(place.question);
  void reader.show(place);
}

function title({ text }: Question): void {
  document.title = text ? `${text} · Pipit` : TITLE;
}

/** Opens a page from a link, with a history entry for it. The question it was found by has one before it. */
function open(place: Place): void {
  search.show(place.question);
  search.settle();
  address.go(place);
  go(place);
}

/** At a first visit nothing is kept yet, and the largest file is fetched where its progress can be shown: after all that finds words. */
async function fetchedAhead(): Promise<void> {
  if (serviceWorkers()?.controller) return;
  const bytes = __STARTER_BYTES__;
  await fetchAhead(starterUrl(), { bytes, onProgress: (done) => opening.fetching(done, bytes) });
}

/** The note above the hits that goes and the answer by meaning both move them. */
async function renewed(): Promise<void> {
  reader.renew(address.place).catch((error: unknown) => showTrouble("The page could not be renewed.", error));
  await search.whenLeft();
  opening.done();
  await search.ask();
}

async function start(): Promise<void> {
  search.offer(await guide);
  guideEngine = Promise.resolve(await whole);
  const opened = await bothEngines();
  tellOfStorage(opened);
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
  return Promise.all([guideEngine, mine()]);
}

async function refreshStatus(): Promise<void> {
  const documents = (await (await ledger()).list()).length;
  await showStatus(await bothEngines(), { birds: (await guide).size, documents }, timings.median);
}

/** Ctrl+K opens the widget over the same engines. It is loaded last, because the first search does not need it. */
async function openPalette(opened: readonly TabEngine[]): Promise<void> {
  const palette = await import("./view/palette.ts").catch((error: unknown) => {
    showTrouble("The search over everything (Ctrl+K) could not be loaded.", error);
  });
  palette?.addPalette(opened, {
    opened: open,
    failed: () => void versions.check(),
  });
}
