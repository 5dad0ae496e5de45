import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createEdgeEngine } from "@pipit/edge/client";
import worker from "@pipit/edge/cloudflare";
import { expect, test } from "vitest";
import { expectTenSentences } from "../../fixtures/ten-sentences.ts";

test("in workerd ten sentences are found by meaning with what ships inside", async () => {
  const engine = createEdgeEngine({
    url: "http://pipit.test",
    collection: "ten",
    create: "if-missing",
    key: env.PIPIT_KEY,
    fetch: (request) => worker.fetch(request, env, createExecutionContext()),
  });
  await expectTenSentences(engine);
  expect(await engine.stats()).toMatchObject({ producer: { name: "starter" }, index: { kind: "exact-f32-after-bit" } });
});
