import type { Hit } from "@pipit/core";
import { markedPart, passageOf } from "@pipit/widget/marked-part";
import type { Guide } from "../guide/guide.ts";
import { type DocumentEngine, documentParts, hitInPart, type PartText } from "../search/document-parts.ts";
import { addressOf } from "../search/place-address.ts";
import type { OpenPage, Place } from "../search/question.ts";
import { birdFacts, birdHead, birdSummary } from "./bird-facts.ts";
import { birdsAlike } from "./birds-alike.ts";
import { element, part } from "./element.ts";
import { markedNodes } from "./marked-nodes.ts";
import { isAbort, showTrouble } from "./trouble.ts";
import { beginningOf } from "./words.ts";

export interface ReaderParts {
  guide(): Promise<Guide>;
  /** The birds that are described most like one, nearest first. It may take long, as while the guide is being opened. */
  alike(bird: string): Promise<readonly Hit[]>;
  /** Resolves when the visitor's documents can be read. */
  documents(): Promise<DocumentEngine>;
  /** Called when the visitor has closed an opened page. */
  closed(): void;
}

interface PageContent {
  readonly title: readonly (Node | string)[];
  readonly body: readonly HTMLElement[];
}

const QUERY_CHARACTERS = 1_000;
const plain = (text: string) => [text];

/** The dialog that shows a bird of the guide, or one of the visitor's documents at the passage that was found. */
export class Reader {
  readonly #parts: ReaderParts;
  readonly #dialog = part("reader", HTMLDialogElement);
  readonly #title = part("reader-title", HTMLElement);
  readonly #body = part("reader-body", HTMLElement);
  #shown = "";
  #opening: Promise<void> = Promise.resolve();
  /** Where the page was scrolled to when it was opened: a visitor who has begun to read is elsewhere. */
  #openedAt = 0;
  #isLeft = false;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    part("reader-close", HTMLButtonElement).addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("pointerdown", ({ target }) => target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#closed());
  }

  /** Shows the page of a place, or none if the place has none. */
  async show(place: Place): Promise<void> {
    const { page } = place;
    const shown = page ? addressOf(place) : "";
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (!page) return this.#leave();
    this.#opening = this.#openPage(page, place);
    await this.#opening;
  }

  /** Shows the passage of the page of a place if it was not found before, as by words alone. The text stays where it is. */
  async renew(place: Place): Promise<void> {
    await this.#opening;
    const { page } = place;
    if (!page || !("path" in page) || this.#passage) return;
    const { body } = await this.#contentOf(page, place);
    const hasPassage = body.some((section) => section.querySelector(".here"));
    if (!hasPassage || addressOf(place) !== this.#shown) return;
    this.#body.replaceChildren(...body);
    if (this.#body.scrollTop === this.#openedAt) this.#scrollToPassage();
  }

  async #openPage(page: OpenPage, place: Place): Promise<void> {
    const content = await this.#contentOf(page, place).catch(failed);
    if (this.#shown !== addressOf(place)) return;
    this.#open(content);
    // Without these links the page is whole all the same.
    if ("bird" in page) void this.#addAlike(page.bird, place).catch(() => undefined);
  }

  async #addAlike(bird: string, place: Place): Promise<void> {
    const [guide, hits] = await Promise.all([this.#parts.guide(), this.#parts.alike(bird)]);
    if (this.#shown === addressOf(place)) this.#body.append(...birdsAlike(hits, guide, place.question));
  }

  #open({ title, body }: PageContent): void {
    this.#title.replaceChildren(...title);
    this.#body.replaceChildren(...body);
    document.title = `${this.#title.textContent} · Pipit`;
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#body.scrollTop = 0;
    this.#scrollToPassage();
    this.#title.focus({ preventScroll: true });
  }

  get #passage(): Element | null {
    return this.#body.querySelector(".here");
  }

  /** Scrolls to the passage that was found, or else to the part that was asked for. */
  #scrollToPassage(): void {
    (this.#passage ?? this.#body.querySelector("[aria-current]"))?.scrollIntoView({ block: "center" });
    this.#openedAt = this.#body.scrollTop;
  }

  /** Closes a page that was left by the browser's Back. The event of it comes later, when another page may be shown. */
  #leave(): void {
    this.#isLeft = this.#dialog.open;
    this.#dialog.close();
  }

  #closed(): void {
    const isLeft = this.#isLeft;
    this.#isLeft = false;
    if (isLeft) return;
    this.#shown = "";
    this.#parts.closed();
  }

  async #contentOf(page: OpenPage, { question }: Place): Promise<PageContent> {
    if ("bird" in page) return birdPage(await this.#parts.guide(), page.bird);
    const query = beginningOf(question.text, QUERY_CHARACTERS);
    const documents = await this.#parts.documents();
    // A document can be read where the search fails, as without its model; the list of hits tells of that.
    const finding = hitInPart(documents, page, query).catch(() => undefined);
    const [parts, hit] = await Promise.all([documentParts(documents, page), finding]);
    return documentPage(page.path, parts, { place: { question, page }, hit });
  }
}

function birdPage(guide: Guide, id: string): PageContent {
  const found = guide.get(id);
  if (!found) return { title: ["No such bird"], body: [element("p", {}, "The guide has no bird of this name.")] };
  const about = element("p", { class: "about" }, `${found.group} · ${birdSummary(found.species)}`);
  return { title: birdHead(found.species, plain), body: [about, birdFacts(found, plain)] };
}

interface DocumentContext {
  readonly place: Place;
  /** The hit of the question in the part that is asked for. */
  readonly hit: Hit | undefined;
}

function documentPage(path: string, parts: readonly PartText[], { place, hit }: DocumentContext): PageContent {
  const { page, question } = place;
  const asked = page && "path" in page ? page.part : 1;
  if (!parts.some(({ part }) => part === asked)) return missingDocument(path);
  const isLong = parts.length > 1 || asked > 1;
  const sections = parts.map(({ part, text }) => {
    const isAsked = part === asked;
    const heading = isLong ? [element("h3", {}, `Part ${part}`)] : [];
    const shown = isAsked && hit ? withPassage(hit) : [text];
    const attributes = { "aria-current": isAsked && "true" };
    return element("section", attributes, ...heading, element("div", { class: "text" }, ...shown));
  });
  const others = parts.filter(({ part }) => part !== asked);
  const links = others.map(({ part }) => {
    const address = addressOf({ question, page: { path, part } });
    return element("a", { href: address }, part < asked ? "Read further up" : "Read further down");
  });
  const nav = links.length > 0 ? [element("nav", { "aria-label": "Parts of the document" }, ...links)] : [];
  return { title: [path], body: [...sections, ...nav] };
}

/** The text of a part, with the passage that was found set apart and the words marked that matched. */
function withPassage(hit: Hit): (Node | string)[] {
  const { text } = hit.entry;
  const { start, end, text: passage } = passageOf(hit);
  const here = element("span", { class: "here" }, ...markedNodes(markedPart(passage, hit)));
  return [text.slice(0, start), here, text.slice(end)];
}

function missingDocument(path: string): PageContent {
  return { title: [path], body: [element("p", {}, "This document is not stored on this device, or no longer.")] };
}

function failed(error: unknown): PageContent {
  if (!isAbort(error)) showTrouble("The page could not be opened.", error);
  return { title: ["Not opened"], body: [element("p", {}, "The page could not be opened. Close it and try again.")] };
}
