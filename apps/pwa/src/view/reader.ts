import type { Hit } from "@pipit/core";
import { markedPart } from "@pipit/widget/marked-part";
import type { Guide } from "../guide/guide.ts";
import { documentParts, numberOf } from "../search/document-parts.ts";
import type { Searcher } from "../search/joined-engine.ts";
import { addressOf } from "../search/place-address.ts";
import type { OpenPage, Place } from "../search/question.ts";
import { birdFacts, birdHead, birdSummary } from "./bird-facts.ts";
import { element, part } from "./element.ts";
import { markedNodes } from "./marked-nodes.ts";
import { isAbort, showTrouble } from "./trouble.ts";
import { beginningOf } from "./words.ts";

export interface ReaderParts {
  guide(): Promise<Guide>;
  /** Resolves when the visitor's documents can be searched. */
  documents(): Promise<Searcher>;
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
    const content = await this.#contentOf(page, place).catch(failed);
    if (this.#shown === shown) this.#open(content);
  }

  #open({ title, body }: PageContent): void {
    this.#title.replaceChildren(...title);
    this.#body.replaceChildren(...body);
    document.title = `${this.#title.textContent} · Pipit`;
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#body.scrollTop = 0;
    // The passage that was found, or else the part that was asked for.
    (this.#body.querySelector(".here") ?? this.#body.querySelector("[aria-current]"))?.scrollIntoView({
      block: "center",
    });
    this.#title.focus({ preventScroll: true });
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
    const parts = await documentParts(await this.#parts.documents(), page, query || page.path);
    return documentPage(page.path, parts, { place: { question, page }, query });
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
  readonly query: string;
}

function documentPage(path: string, hits: readonly Hit[], { place, query }: DocumentContext): PageContent {
  const { page, question } = place;
  const asked = page && "path" in page ? page.part : 1;
  if (!hits.some((hit) => numberOf(hit) === asked)) return missingDocument(path);
  const isLong = hits.length > 1 || asked > 1;
  const sections = hits.map((hit) => {
    const number = numberOf(hit);
    const isAsked = number === asked;
    const heading = isLong ? [element("h3", {}, `Part ${number}`)] : [];
    const text = isAsked && query !== "" ? withPassage(hit) : [hit.entry.text];
    const attributes = { "aria-current": isAsked && "true" };
    return element("section", attributes, ...heading, element("div", { class: "text" }, ...text));
  });
  const others = hits.map(numberOf).filter((number) => number !== asked);
  const links = others.map((number) => {
    const address = addressOf({ question, page: { path, part: number } });
    return element("a", { href: address }, number < asked ? "Read further up" : "Read further down");
  });
  const nav = links.length > 0 ? [element("nav", { "aria-label": "Parts of the document" }, ...links)] : [];
  return { title: [path], body: [...sections, ...nav] };
}

/** The text of a part, with the passage that was found set apart and the words marked that matched. */
function withPassage(hit: Hit): (Node | string)[] {
  const { text } = hit.entry;
  const { start, end, text: passage } = hit.passage;
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
