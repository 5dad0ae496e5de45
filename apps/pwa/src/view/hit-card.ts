import type { Hit } from "@pipit/core";
import type { Guide } from "../guide/guide.ts";
import type { Species } from "../guide/species.ts";
import { sentencesOf } from "../search/matching-part.ts";
import { element } from "./element.ts";

export interface HitCard {
  readonly node: HTMLElement;
  /** The way in which the hit was found; the marked sentence is chosen in the same way. */
  readonly match: Hit["match"];
  /** The sentences of which one may be marked. */
  readonly sentences: readonly string[];
  markSentence(at: number): void;
}

export function hitCard(hit: Hit, guide: Guide): HitCard {
  const page = typeof hit.entry.fields?.scientificName === "string" ? guide.get(hit.id) : undefined;
  return page ? speciesCard(hit, page.species) : documentCard(hit);
}

function speciesCard(hit: Hit, species: Species): HitCard {
  const { name, scientificName, family, sizeCm, regions, status } = species;
  const lines = [species.look, species.song, species.habitat].map(spotsOf);
  const labels = ["Look", "Song", "Habitat"];
  const facts = lines.map((spots, at) =>
    element("div", { class: "fact" }, element("dt", {}, labels[at]), element("dd", {}, ...spots)),
  );
  const spots = lines.flat();
  const head = element("h2", {}, name, " ", element("i", { lang: "la", translate: "no" }, scientificName));
  const about = [family, `${sizeCm} cm`, regions.join(", "), status].filter(Boolean).join(" · ");
  const body = [element("p", { class: "about" }, about), element("dl", {}, ...facts)];
  return {
    node: card({ hit, from: "Field guide", head }, body),
    match: hit.match,
    sentences: spots.map((spot) => spot.textContent ?? ""),
    markSentence: (at) => markOnly(spots, at),
  };
}

/** A passage of the visitor's file. It is shortened to the neighbourhood of the matching sentence once that is known. */
function documentCard(hit: Hit): HitCard {
  const { path, part } = hit.entry.fields ?? {};
  const head = element("h2", { class: "path", translate: "no" }, String(path ?? hit.id));
  if (typeof part === "number" && part > 1) head.append(" ", element("small", {}, `part ${part}`));
  const spots = spotsOf(hit.passage.text.trim());
  const text = element("p", { class: "passage" }, ...spots);
  return {
    node: card({ hit, from: "My files", head }, [text]),
    match: hit.match,
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
  const score = hit.match ? element("span", { class: "score" }, "by its words") : likeness(hit.score);
  const meta = element("p", { class: "meta" }, element("span", { class: "from" }, from), score);
  return element("li", { class: "card" }, element("header", {}, head, meta), ...body);
}

function likeness(score: number): HTMLElement {
  const percent = Math.round(Math.max(0, score) * 100);
  const bar = element("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", `${percent}%`);
  return element("span", { class: "score", title: `Cosine ${score.toFixed(3)}` }, bar, `${percent} %`);
}

function spotsOf(text: string): HTMLElement[] {
  return sentencesOf(text).map((sentence) => element("span", {}, sentence));
}

function markOnly(spots: readonly HTMLElement[], at: number): void {
  for (const [other, spot] of spots.entries()) {
    const text = spot.textContent ?? "";
    // The space after a sentence is not marked.
    const end = text.trimEnd().length;
    const marked = [element("mark", {}, text.slice(0, end)), text.slice(end)];
    spot.replaceChildren(...(other === at ? marked : [text]));
  }
}
