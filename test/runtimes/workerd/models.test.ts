import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "@pipit/edge/cloudflare";
import { expect, test } from "vitest";

test("without a packed model in R2 the starter answers, and the list of models says what is missing", async () => {
  const request = new Request("http://pipit.test/v1/models");
  const response = await worker.fetch(request, env, createExecutionContext());
  const { data } = (await response.json()) as { data: { id: string; state: string; why: string }[] };
  expect(data).toMatchObject([
    { id: "starter", state: "ready" },
    { id: "all-MiniLM-L6-v2", state: "absent", why: expect.stringContaining("all-MiniLM-L6-v2/tokenizer.json") },
  ]);
});
