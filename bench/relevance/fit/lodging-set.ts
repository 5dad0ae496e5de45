import { below, type Random, seeded } from "@pipit/test/fixtures/seeded";
import { evenly } from "../evenly.ts";
import type { RelevanceDocument, RelevanceQuery, RelevanceSet } from "../relevance-set.ts";

const SEED = 23;
const LODGINGS = 260;
const ASKED = 160;
const MOST_ANSWERS = 12;
const OTHER_WORDS = 0.3;

/** What is written of a trait, and how people ask for it: first in the same words, which most do. */
interface Trait {
  readonly written: readonly string[];
  readonly asked: readonly string[];
}
const trait = (written: string, asked: string): Trait => ({ written: written.split("|"), asked: asked.split("|") });

const KINDS = [
  trait("A log cabin|A wooden cabin", "cabin|hut"),
  trait("A flat on the second floor|A bright flat", "flat|apartment"),
  trait("A farmhouse|An old farmhouse", "farmhouse|rooms on a farm"),
  trait("A houseboat|A moored houseboat", "houseboat|sleeping on a boat"),
  trait("A pitch for tents|A camping meadow", "camping|place for a tent"),
  trait("A castle wing|Rooms in a castle", "castle|historic palace"),
  trait("A lighthouse|A former lighthouse", "lighthouse|old beacon tower"),
  trait("A tree house|A small tree house", "tree house|house up in the branches"),
];
const COUNTRIES = "Norway,Portugal,Greece,Scotland,Austria,Estonia,Iceland,Croatia,Sicily,Brittany"
  .split(",")
  .map((name) => trait(`in ${name}`, `in ${name.toLowerCase()}|${name.toLowerCase()}`));
const VIEWS = [
  trait("It looks over the sea|Waves can be heard from bed", "by the sea|near the coast"),
  trait("It stands on a mountain pasture|Peaks rise behind it", "in the mountains|alpine"),
  trait("A lake lies before the door|A jetty leads into the lake", "at a lake|with a jetty"),
  trait("The old town begins at the corner|Shops and cafés are near", "in the city centre|downtown"),
  trait("Deep forest all around|Pines stand close", "in the woods|surrounded by trees"),
];
const EXTRAS = [
  trait("A sauna stands outside|There is a sauna", "with sauna|to sweat in the evening"),
  trait("Dogs are welcome|You may bring your dog", "dogs allowed|pet friendly"),
  trait("There is no electricity|Candles give the only light", "without electricity|off the grid"),
  trait("A pool for children|A shallow pool", "swimming pool|where kids can splash"),
  trait("Breakfast is brought in a basket|The host bakes bread for breakfast", "breakfast included|morning meal"),
  trait("A piano in the parlour|An upright piano", "with a piano|for musicians"),
  trait("Ramps for wheelchairs|Doors are wide enough for a wheelchair", "wheelchair access|barrier free"),
  trait("Bicycles may be borrowed|Two bicycles are in the shed", "bikes to borrow|free bicycle"),
];
const TRAITS = [KINDS, COUNTRIES, VIEWS, EXTRAS];

/** Generated descriptions of lodgings in two paragraphs, asked for by one to three traits in the same or other words. */
export function lodgingSet(unanswered: readonly string[]): RelevanceSet {
  const random = seeded(SEED);
  const lodgings = Array.from({ length: LODGINGS }, () => TRAITS.map((list) => below(random, list.length)));
  const documents = lodgings.map((traits, i) => documentOf(traits, i, random));
  const queries = Array.from({ length: 4 * ASKED }, () => queryOf(lodgings, random));
  const answered = queries.filter(({ gains }) => gains.size > 0 && gains.size <= MOST_ANSWERS);
  const none = unanswered.map((text) => ({ text, gains: new Map() }));
  return { name: "lodgings", language: "en", documents, queries: [...evenly(answered, ASKED), ...none] };
}

function documentOf(traits: readonly number[], i: number, random: Random): RelevanceDocument {
  const of = (list: number) => TRAITS[list]![traits[list]!]!.written[below(random, 2)]!;
  const [kind, country, view, extra] = [0, 1, 2, 3].map(of);
  return {
    id: `lodging-${i + 1}`,
    title: `Lodging ${i + 1}`,
    text: `${kind} ${country}. ${view}.\n\n${extra}. ${view}; sleeps ${2 + below(random, 6)}.`,
  };
}

function queryOf(lodgings: readonly (readonly number[])[], random: Random): RelevanceQuery {
  const like = lodgings[below(random, lodgings.length)]!;
  const lists = [0, 1, 2, 3].filter(() => random() < 0.5).slice(0, 3);
  const text = lists.map((list) => TRAITS[list]![like[list]!]!.asked[Number(random() < OTHER_WORDS)]!).join(" ");
  const right = lodgings.flatMap((traits, i) =>
    lists.length > 0 && lists.every((list) => traits[list] === like[list]) ? [`lodging-${i + 1}`] : [],
  );
  return { text, gains: new Map(right.map((id) => [id, 1])) };
}
