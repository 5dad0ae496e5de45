import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEdgeEngine } from "@pipit/edge/client";
import { startNodeServer } from "@pipit/edge/node";
import { expect, test } from "vitest";
import { expectTenSentences } from "../../fixtures/ten-sentences.ts";

test("on Node ten sentences are found by meaning with what ships inside, nothing downloaded", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "pipit-ten-"));
  const server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder });
  const engine = createEdgeEngine({ url: server.url, collection: "ten", create: "if-missing" });
  await expectTenSentences(engine);
  expect(await engine.stats()).toMatchObject({ producer: { name: "starter" }, provisional: 10 });
  await server.close();
  await rm(dataFolder, { recursive: true });
});
