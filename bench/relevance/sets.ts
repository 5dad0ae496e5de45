import { assets } from "@pipit/test/fixtures/assets";
import type { Log } from "../bench.ts";
import type { Language, RelevanceSet } from "./relevance-set.ts";
import { banking77 } from "./sets/banking77.ts";
import { cranfield } from "./sets/cranfield.ts";
import { exact, exactAbsent } from "./sets/exact.ts";
import { guide, guideHeldOut } from "./sets/guide.ts";
import { guideOffTopic } from "./sets/guide-off-topic.ts";
import { xquad } from "./sets/xquad.ts";

const LANGUAGES: readonly Language[] = ["en", "de", "es", "zh", "ar"];

/** All sets that can be made here; one that lacks its files is left out with a line. */
export function relevanceSets(log: Log): RelevanceSet[] {
  const own = [guide(), guideHeldOut(), guideOffTopic(), exact(), exactAbsent()];
  if (assets) return [...own, ...publicSets(`${assets}/text`)];
  log("xquad, cranfield and banking77 are left out: got no assets. Name their folder in PIPIT_ASSETS.");
  return own;
}

function publicSets(folder: string): RelevanceSet[] {
  const languages = LANGUAGES.map((language) => xquad(`${folder}/xquad`, language));
  return [...languages, cranfield(`${folder}/cranfield`), banking77(`${folder}/banking77`)];
}
