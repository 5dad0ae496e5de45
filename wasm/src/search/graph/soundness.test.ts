import { rowsFrom } from "@pipit/test/fixtures/recall";
import { seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { Forgery, LinkList, NONE, WORD } from "../../../fixtures/graph-forgery.ts";
import { loadBuild } from "../../node.ts";
import { createHnsw } from "./hnsw.ts";

/** Each lie is one that no other check of the graph would find. */
const [D, COUNT, FREED] = [8, 600, 60];
const kind = createHnsw(await loadBuild("simd"), { m: 6, efConstruction: 40 });
const index = await kind.create(D);
await index.add(rowsFrom(0, COUNT), uniformVectors(seeded(9), COUNT, D));
await index.remove(rowsFrom(0, FREED));
const snapshot = await index.save();

interface Place {
  readonly forgery: Forgery;
  readonly level: number;
  /** On the level. */
  readonly nodes: readonly number[];
  links(slot: number): LinkList;
  parent(slot: number): number;
}

const children = (place: Place, slot: number) =>
  place.links(slot).all.filter((other) => other !== slot && place.parent(other) === slot);
const strangers = (place: Place, slot: number) =>
  place.links(slot).all.filter((other) => other !== place.parent(slot) && place.parent(other) !== slot);

const leaves = (place: Place) =>
  place.nodes.filter((node) => place.parent(node) !== node && children(place, node).length === 0);

/** Makes that one the parent; the former stays if the other was in the list. */
function hang(links: LinkList, parent: number): void {
  const at = links.all.indexOf(parent);
  if (at > 0) links.set(at, links.get(0));
  links.set(0, parent);
}

function rewrite(links: LinkList, list: readonly number[]): void {
  links.degree = list.length;
  for (const [i, slot] of list.entries()) links.set(i, slot);
}

/** Which place of the list holds that link. */
const placeOf = (links: LinkList, slot: number) => links.all.indexOf(slot);

const LIES: Readonly<Record<string, (place: Place) => void>> = {
  "has one neighbor twice": (place) => {
    const slot = place.nodes.find((node) => strangers(place, node).length > 1)!;
    const [one, other] = strangers(place, slot);
    place.links(slot).set(placeOf(place.links(slot), one!), other!);
  },
  "is a neighbor of its own": (place) => {
    const slot = place.nodes.find((node) => place.parent(node) !== node && strangers(place, node).length > 0)!;
    place.links(slot).set(placeOf(place.links(slot), strangers(place, slot)[0]!), slot);
  },
  "leads to a free slot": (place) => {
    const free = rowsFrom(0, place.forgery.slots).find((slot) => place.forgery.isFree(slot))!;
    const slot = place.nodes.find((node) => strangers(place, node).length > 0)!;
    place.links(slot).set(placeOf(place.links(slot), strangers(place, slot)[0]!), free);
  },
  "leads past the last slot": (place) => {
    const slot = place.nodes.find((node) => strangers(place, node).length > 0)!;
    // Further on lies what the check itself has noted, and some of it would pass.
    place.links(slot).set(placeOf(place.links(slot), strangers(place, slot)[0]!), place.forgery.slots + FREED);
  },
  "has more neighbors than places": (place) => {
    const slot = place.nodes[0]!;
    const others = leaves(place).filter((leaf) => !place.links(slot).all.includes(leaf) && leaf !== slot);
    rewrite(place.links(slot), [...place.links(slot).all, ...others].slice(0, place.forgery.placesAt(place.level) + 1));
  },
  "has room for children only": (place) => {
    const slot = place.nodes.find((node) => place.parent(node) !== node)!;
    const kept = [place.parent(slot), ...children(place, slot)];
    const adopted = leaves(place).filter((leaf) => leaf !== slot && !kept.includes(leaf));
    const list = [...kept, ...adopted].slice(0, place.forgery.placesAt(place.level));
    for (const child of list.slice(kept.length)) hang(place.links(child), slot);
    rewrite(place.links(slot), list);
  },
  "has a child that it does not lead to": (place) => {
    const slot = place.nodes.find((node) => children(place, node).length > 0)!;
    const links = place.links(slot);
    const last = links.all.at(-1)!;
    links.set(placeOf(links, children(place, slot)[0]!), last);
    links.degree--;
  },
  "hangs from one that hangs from it": (place) => {
    const isRoot = (node: number) => place.parent(node) === node;
    const slot = place.nodes.find((node) => !isRoot(node) && children(place, node).length > 0)!;
    const child = children(place, slot)[0]!;
    hang(place.links(slot), child);
  },
  "hangs from nobody, beside the root": (place) => {
    const [leaf] = leaves(place);
    place.links(leaf!).set(0, leaf!);
  },
};

function placeOn(forgery: Forgery, level: number): Place {
  const nodes = [...rowsFrom(0, forgery.slots)].filter(
    (slot) => !forgery.isFree(slot) && forgery.levelOf(slot) >= level,
  );
  const links = (slot: number) => forgery.linksOf(slot, level);
  return { forgery, level, nodes, links, parent: (slot) => links(slot).get(0) };
}

async function forged(tell: (forgery: Forgery) => void): Promise<unknown> {
  const forgery = await Forgery.of(snapshot, kind.hash);
  tell(forgery);
  return kind.open(forgery.signed(), D);
}

test("the graph that the lies are told about opens", async () => {
  await expect(forged(() => {})).resolves.toBeDefined();
});

describe.each([0, 1])("on level %i a graph is refused of which a node", (level) => {
  test.each(Object.entries(LIES))("%s", async (_, lie) => {
    await expect(forged((forgery) => lie(placeOn(forgery, level)))).rejects.toThrow(/lead nowhere/);
  });
});

test("a node of level 1 may not lead to one that ends below", async () => {
  const opening = forged((forgery) => {
    const place = placeOn(forgery, 1);
    const slot = place.nodes.find((node) => strangers(place, node).length > 0)!;
    const low = placeOn(forgery, 0).nodes.find((node) => forgery.levelOf(node) === 0)!;
    place.links(slot).set(placeOf(place.links(slot), strangers(place, slot)[0]!), low);
  });
  await expect(opening).rejects.toThrow(/lead nowhere/);
});

test("a graph has no more levels than 15 above the lowest", async () => {
  for (const top of [15, 16]) {
    const opening = forged((forgery) => raiseEntry(forgery, top));
    if (top === 15) await expect(opening).resolves.toBeDefined();
    else await expect(opening).rejects.toThrow(/lead nowhere/);
  }
});

/** Gives the entry more levels, on each of which it is alone. */
function raiseEntry(forgery: Forgery, top: number): void {
  const [entry, first] = [forgery.words[WORD.entry]!, forgery.upperBlocks];
  const more = top - forgery.words[WORD.top]!;
  const upperBlocks = new Uint8Array(forgery.sections.get(2)!.length + more * forgery.upperBytes);
  upperBlocks.set(forgery.sections.get(2)!);
  const { upperBytes } = forgery;
  let last = forgery.upperBlockOf(entry);
  while (forgery.above(last) !== NONE) last = forgery.above(last);
  forgery.sections.set(2, upperBlocks);
  forgery.words[WORD.upperBlocks] = first + more;
  for (let block = first; block < first + more; block++) {
    forgery.setAbove(last, block);
    forgery.setAbove(block, NONE);
    rewrite(new LinkList(upperBlocks, block * upperBytes + 4), [entry]);
    last = block;
  }
  forgery.words[WORD.top] = top;
}
