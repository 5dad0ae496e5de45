import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../../test/fixtures/bag-embedder.ts";
import { Lineup } from "../lineup.ts";
import { openApiHost } from "./api-host.ts";

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "pipit-host-"));
});
afterEach(() => rm(dataFolder, { recursive: true }));

const open = (models: Lineup, onModels?: () => void) => {
  const about = { version: "0", runtime: "test", key: "unneeded" } as const;
  return openApiHost({ dataFolder, modelPlaces: [], runtimes: [], ...about }, { models, onModels });
};

test.each(["snapshots", "models"])(
  "a folder where %s cannot be made is not held: the next try opens it",
  async (name) => {
    await writeFile(join(dataFolder, name), "in the way");
    await expect(open(new Lineup(BAG_SPACE, []))).rejects.toMatchObject({ code: "storage-failed" });
    await rm(join(dataFolder, name));
    await (await open(new Lineup(BAG_SPACE, []))).close();
  },
);

test("the state of the models is told when it changes, and closing ends them", async () => {
  const models = new Lineup(BAG_SPACE, ["bag"]);
  let told = 0;
  const host = await open(models, () => told++);
  await host.whenSettled();
  const before = told;
  const embedder = createBagEmbedder();
  const close = vi.spyOn(embedder, "close");
  models.set("bag", { state: "ready", embedder, backend: "js", why: "it is there" });
  expect(told).toBe(before + 1);
  expect(host.models).toMatchObject({ states: [["bag", { state: "ready" }]], settled: true });
  await host.close();
  expect(close).toHaveBeenCalledOnce();
});
