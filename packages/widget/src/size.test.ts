import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, test } from "vitest";

// 1 kB of it compares letters and cuts texts at whole characters: accents, encodings, joined emoji. A quarter of a kilobyte reports
// attributes that are not numbers, and handles an invalid language and a place that is not rendered. Signs and hidden characters take
// a tenth more. A tenth of a kilobyte moves marks with their words into a title and a passage.
// A third of one arranges the lists of facets, whose own code is loaded with the first search that has them.
// A quarter of one answers before an engine is whole, and renews the hits while it takes in its entries; a tenth renews a partial answer, and
// no hits among which the reader is. A twentieth begins to open the engine with the first letter or press. A tenth requests
// what a lazy part imports together with the part, which saves a round trip. A fortieth marks in a title what a typing error meant,
// and another says the outcome of a question once, however often its answer is renewed. A thirtieth knows hits that are no passage.
const MOST_BYTES = 11.81 * 1024;

/** The size of the script before it is used: the entry and its static imports, minified and gzipped. */
async function upFrontBytes(): Promise<number> {
  const built = await build({
    configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)),
    // The kinds of engine are loaded on first use, so they do not count here.
    build: { write: false, rolldownOptions: { external: ["@pipit/browser", "@pipit/edge/client"] } },
  });
  const chunks = [built].flat().flatMap((output) => ("output" in output ? output.output : []));
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const upFront = new Set<string>();
  const visit = (name: string) => {
    const chunk = byName.get(name);
    if (chunk?.type !== "chunk" || upFront.has(name)) return;
    upFront.add(name);
    chunk.imports.forEach(visit);
  };
  visit("pipit-search.js");
  const code = [...upFront].map((name) => byName.get(name)).map((chunk) => (chunk?.type === "chunk" ? chunk.code : ""));
  return code.reduce((bytes, text) => bytes + gzipSync(text).length, 0);
}

test("the element is small before it is used", async () => {
  const bytes = await upFrontBytes();
  console.log(`<pipit-search> up front: ${bytes} bytes gzipped`);
  expect(
    bytes,
    `the element weighs ${bytes} bytes gzipped, and ${MOST_BYTES} were enough so far. If what you added is worth it, raise MOST_BYTES and say why.`,
  ).toBeLessThanOrEqual(MOST_BYTES);
  expect(bytes).toBeGreaterThan(1024);
});
