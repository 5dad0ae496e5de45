/**
 * Links back. As in the paper a link goes one way, and a full node prunes; here it never drops a link of
 * the tree.
 */
import { m, placesAt } from "./layout";
import { allocate } from "../shared/memory";
import { probeBytes, probeSlot } from "./codes";
import { addCandidate, beginCandidates, beginChoice, choose, chosenAt, chosenCount, endCandidates, take, takeSelf } from "./choose";
import { append, degreeOf, linkAt, linksOf, parentOf, setDegree, setLink } from "./nodes";
import { breakTiesFor } from "./ties";
import { isChild } from "./tree";

let probe: usize = 0;

export function makeLinkRoom(): bool {
  probe = allocate(probeBytes());
  return probe != 0;
}

/** Adds `comer` to the links of `host`, if the rule of choice takes it or it is a child. */
export function accept(host: u32, comer: u32, level: u32): void {
  const links = linksOf(host, level);
  const degree = degreeOf(links);
  for (let i: u32 = 0; i < degree; i++) if (linkAt(links, i) == comer) return;
  if (degree < placesAt(level)) append(links, comer);
  else prune(host, comer, level);
}

function prune(host: u32, comer: u32, level: u32): void {
  const links = linksOf(host, level);
  const degree = degreeOf(links);
  breakTiesFor(host);
  probeSlot(probe, host);
  beginCandidates(degree + 1);
  for (let i: u32 = 0; i < degree; i++) addCandidate(probe, linkAt(links, i));
  addCandidate(probe, comer);
  endCandidates(probe);
  beginChoice();
  takeRelatives(host, level);
  if (isChild(comer, host, level)) take(comer);
  writeChoice(links, level);
}

/** Takes the host's parent, then its children. */
export function takeRelatives(host: u32, level: u32): void {
  const links = linksOf(host, level);
  const degree = degreeOf(links);
  const parent = parentOf(links);
  if (parent == host) takeSelf(host);
  else take(parent);
  for (let i: u32 = 1; i < degree; i++) if (isChild(linkAt(links, i), host, level)) take(linkAt(links, i));
}

/** Fills up by the rule of choice, and makes the chosen slots the links. */
export function writeChoice(links: usize, level: u32): void {
  choose(placesAt(level), m >> 1);
  setDegree(links, chosenCount);
  for (let i: u32 = 0; i < chosenCount; i++) setLink(links, i, chosenAt(i));
}
