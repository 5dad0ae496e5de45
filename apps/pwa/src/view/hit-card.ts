import type { Hit } from "@pipit/core";
import { sentencesOf } from "../search/matching-part.ts";
import { element } from "./element.ts";

export interface HitCard {
  readonly node: HTMLElement;
  /** The sentences among which one may be marked. */
  readonly sentences: readonly string[];
  markSentence(at: number): void;
}

export function hitCard(hit: Hit): HitCard {
  return typeof hit.entry.fields?.scientificName === "string" ? speciesCard(hit) : documentCard(hit);
}

/** A bird of the guide: its lines are "Label: sentences", the first of them only repeats the head of the card. */
function speciesCard(hit: Hit): HitCard {
  const fields = hit.entry.fields ?? {};
  const lines = hit.entry.text.split("\n").slice(1).map(labelled);
  const facts = lines.map(({ label, spots }) =>
    element("div", { class: "fact" }, element("dt", {}, label), element("dd", {}, ...spots)),
  );
  const spots = lines.flatMap((line) => line.spots);
  const head = element(
    "h3",
    {},
    String(fields.name),
    " ",
    element("i", { lang: "la", translate: "no" }, String(fields.scientificName)),
  );
  const about = [fields.family, `${fields.sizeCm} cm`, listed(fields.region), fields.status]
    .filter(Boolean)
    .join(" · ");
  const body = [element("p", { class: "about" }, about), element("dl", {}, ...facts)];
  return {
    node: card({ hit, from: "Field guide", head }, body),
    sentences: spots.map((spot) => spot.textContent ?? ""),
    markSentence: (at) => markOnly(spots, at),
  };
}

/** A passage of an own file, cut to the neighbourhood of the sentence that matches once that is known. */
function documentCard(hit: Hit): HitCard {
  const { path, part } = hit.entry.fields ?? {};
  const head = element("h3", { class: "path", translate: "no" }, String(path ?? hit.id));
  if (typeof part === "number" && part > 1) head.append(" ", element("small", {}, `part ${part}`));
  const spots = spotsOf(hit.passage.text.trim());
  const text = element("p", { class: "passage" }, ...spots);
  return {
    node: card({ hit, from: "My files", head }, [text]),
    sentences: spots.map((spot) => spot.textContent ?? ""),
    markSentence: (at) => {
      markOnly(spots, at);
      for (const [other, spot] of spots.entries()) spot.hidden = other < at - 1 || other > at + 2;
      text.classList.toggle("cut-before", at > 1);
    },
  };
}

interface CardHead {
  readonly hit: Hit;
  readonly from: string;
  readonly head: HTMLElement;
}

function card({ hit, from, head }: CardHead, body: readonly HTMLElement[]): HTMLElement {
  const percent = Math.round(Math.max(0, hit.score) * 100);
  const bar = element("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", `${percent}%`);
  const score = element("span", { class: "score", title: `Cosine ${hit.score.toFixed(3)}` }, bar, `${percent} %`);
  const meta = element("p", { class: "meta" }, element("span", { class: "from" }, from), score);
  return element("li", { class: "card" }, element("header", {}, head, meta), ...body);
}

function labelled(line: string): { label: string; spots: HTMLElement[] } {
  const colon = line.indexOf(": ");
  return { label: line.slice(0, colon), spots: spotsOf(line.slice(colon + 2)) };
}

function spotsOf(text: string): HTMLElement[] {
  return sentencesOf(text).map((sentence) => element("span", {}, sentence));
}

function listed(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : "";
}

function markOnly(spots: readonly HTMLElement[], at: number): void {
  for (const [other, spot] of spots.entries()) {
    const text = spot.textContent ?? "";
    // The space between sentences is not part of what matched.
    const end = text.trimEnd().length;
    const marked = [element("mark", {}, text.slice(0, end)), text.slice(end)];
    spot.replaceChildren(...(other === at ? marked : [text]));
  }
}
