import { assets } from "@pipit/test/fixtures/assets";
import type { Log } from "../bench.ts";
import { haveOutsideText, type OutsideText } from "./outside-text.ts";
import type { OpenRanker } from "./ranker.ts";
import { bothMinilmRanker, bothTokenlessRanker, openBothRanker } from "./rankers/both.ts";
import { minilmRanker } from "./rankers/minilm.ts";
import { openMinisearch, openStemmedMinisearch } from "./rankers/minisearch.ts";
import { openOrama } from "./rankers/orama.ts";
import { oramaHybridRanker } from "./rankers/orama-hybrid.ts";
import { openPagefind } from "./rankers/pagefind.ts";
import { openStarterRanker } from "./rankers/starter.ts";
import { openWordsRanker } from "./rankers/words.ts";

interface Listing {
  readonly open: (log: Log) => OpenRanker;
  readonly packages?: readonly OutsideText[];
  /** True if it needs the weights of MiniLM. */
  readonly minilm?: true;
}

const ORAMA = ["@orama/orama", "@orama/stemmers", "@orama/stopwords", "@orama/tokenizers"] as const;

const LISTED = {
  both: { open: () => openBothRanker },
  "both-minilm": { open: bothMinilmRanker, minilm: true },
  "both-tokenless": { open: bothTokenlessRanker, minilm: true },
  words: { open: () => openWordsRanker },
  starter: { open: () => openStarterRanker },
  minilm: { open: minilmRanker, minilm: true },
  minisearch: { open: () => openMinisearch, packages: ["minisearch"] },
  "minisearch-stemmed": {
    open: () => openStemmedMinisearch,
    packages: ["minisearch", "@orama/stemmers", "@orama/stopwords"],
  },
  orama: { open: () => openOrama, packages: ORAMA },
  "orama-hybrid": { open: oramaHybridRanker, packages: ORAMA, minilm: true },
  pagefind: { open: () => openPagefind, packages: ["pagefind"] },
} satisfies Record<string, Listing>;

export type RankerName = keyof typeof LISTED;

/** The rankers of these names, or all. One that cannot run here is left out with a line. */
export function rankersOf(names: readonly string[] | undefined, log: Log): OpenRanker[] {
  const known = Object.keys(LISTED);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`got the rival ${unknown}, expected ${known.join(", ")}. Name one of them.`);
  const chosen = Object.entries<Listing>(LISTED).filter(([name]) => names?.includes(name) ?? true);
  return chosen.filter(([name, listing]) => isToBeHad(name, listing, log)).map(([, { open }]) => open(log));
}

function isToBeHad(name: string, { packages = [], minilm }: Listing, log: Log): boolean {
  if (minilm && !assets) {
    log(`${name} is left out: got no assets, expected the weights of MiniLM. Name their folder in PIPIT_ASSETS.`);
    return false;
  }
  if (haveOutsideText(packages, log)) return true;
  const needed = packages.join(", ");
  log(`${name} is left out: ${needed} are not to be had. Name a folder whose node_modules hold them in PIPIT_RIVALS.`);
  return false;
}
