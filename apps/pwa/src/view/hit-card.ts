import type { Hit } from "@pipit/core";
import { markedPart, markedTitle, passageOf } from "@pipit/widget/marked-part";
import type { Guide } from "../guide/guide.ts";
import type { GuidePage } from "../guide/species.ts";
import { partOf } from "../search/document-parts.ts";
import type { HitGroup } from "../search/grouped-hits.ts";
import { pageOfHit } from "../search/page-of-hit.ts";
import { addressOf } from "../search/place-address.ts";
import type { Question } from "../search/question.ts";
import { birdFacts, birdHead, birdSummary, type Shown } from "./bird-facts.ts";
import { element } from "./element.ts";
import { excerptOf } from "./excerpt.ts";
import { markedNodes } from "./marked-nodes.ts";
import { counted } from "./words.ts";

export interface CardContext {
  readonly guide: Guide;
  readonly question: Question;
}

/** The hits of one document as an item of the list. Its title links to the document, and the words that matched are marked. */
export function hitCard({ best, others }: HitGroup, context: CardContext): HTMLElement {
  const isBird = typeof best.entry.fields?.scientificName === "string";
  const page = isBird ? context.guide.get(best.id) : undefined;
  if (!page) return documentCard(best, others, context);
  const shownTitle = titleOf(best, context.question);
  return birdCard(page, { ...context, hit: best, shownTitle, shown: (text) => markedNodes(markedPart(text, best)) });
}

/** A bird that was chosen by facets alone. */
export function plainBirdCard(page: GuidePage, question: Question): HTMLElement {
  const shown = (text: string) => [text];
  return birdCard(page, { question, shown, shownTitle: shown });
}

/** A hit's titles have the words of the question marked: its passage may be one without them. */
function titleOf(hit: Hit, { text: query }: Question): Shown {
  return (text) => markedNodes(markedTitle(text, hit, query));
}

interface BirdContext extends Pick<CardContext, "question"> {
  readonly hit?: Hit;
  readonly shown: Shown;
  readonly shownTitle: Shown;
}

function birdCard(page: GuidePage, { hit, question, shown, shownTitle }: BirdContext): HTMLElement {
  const { species } = page;
  const href = addressOf({ question, page: { bird: species.id } });
  const title = element("h2", {}, element("a", { href }, ...birdHead(species, shownTitle)));
  const about = element("p", { class: "about" }, birdSummary(species));
  return card({ hit, from: "Field guide", title }, [about, birdFacts(page, shown)]);
}

/** The best passage of one of the visitor's documents, with its other parts folded under it. */
function documentCard(hit: Hit, others: readonly Hit[], { question }: CardContext): HTMLElement {
  const path = String(hit.entry.fields?.path ?? hit.id);
  const title = element("h2", { class: "path", translate: "no" }, linkTo(hit, question, titleOf(hit, question)(path)));
  if (partOf(hit) > 1) title.append(" ", element("small", {}, `part ${partOf(hit)}`));
  const body = [passageNode(hit)];
  if (others.length > 0) body.push(otherParts(others, question));
  return card({ hit, from: "My files", title }, body);
}

function otherParts(hits: readonly Hit[], question: Question): HTMLElement {
  const rows = hits.map((hit) => element("li", {}, linkTo(hit, question, [`Part ${partOf(hit)}`]), passageNode(hit)));
  const summary = element("summary", {}, `${counted(hits.length, "more part")} of this document`);
  return element("details", { class: "others" }, summary, element("ul", {}, ...rows));
}

function passageNode(hit: Hit): HTMLElement {
  const stretches = markedPart(passageOf(hit).text.trim(), hit);
  return element("p", { class: "passage" }, ...markedNodes(excerptOf(stretches)));
}

function linkTo(hit: Hit, question: Question, content: readonly (Node | string)[]): HTMLElement {
  return element("a", { href: addressOf({ question, page: pageOfHit(hit) }) }, ...content);
}

interface CardHead {
  readonly hit?: Hit | undefined;
  readonly from: string;
  readonly title: HTMLElement;
}

function card({ hit, from, title }: CardHead, body: readonly HTMLElement[]): HTMLElement {
  const meta = element("p", { class: "meta" }, element("span", { class: "from" }, from));
  if (hit?.match) meta.append(element("span", { class: "match" }, "found by its words"));
  return element("li", { class: "card" }, element("header", {}, title, meta), ...body);
}
