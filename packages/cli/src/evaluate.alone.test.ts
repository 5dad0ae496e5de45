import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEdgeEngine } from "@pipit/edge/client";
import { openEdgeApp } from "@pipit/test/fixtures/edge-app";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runPipit } from "./run-pipit.ts";

let edge: Awaited<ReturnType<typeof openEdgeApp>>;
let folder: string;

beforeEach(async () => {
  edge = await openEdgeApp();
  folder = mkdtempSync(join(tmpdir(), "pipit-eval-"));
  vi.stubGlobal("fetch", (request: Request) => edge.app.request(request));
  const engine = createEdgeEngine({ url: "http://127.0.0.1:3000", collection: "birds", create: "if-missing" });
  await engine.add([
    { id: "owl", text: "an owl hoots at night" },
    { id: "gull", text: "a gull cries over the harbour" },
  ]);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await edge.close();
  rmSync(folder, { recursive: true });
});

async function evaluated(lines: readonly string[], ...options: readonly string[]) {
  const said = { out: [] as string[], err: [] as string[] };
  vi.spyOn(console, "log").mockImplementation((line) => said.out.push(line));
  vi.spyOn(console, "error").mockImplementation((line) => said.err.push(line));
  const path = join(folder, "queries.jsonl");
  writeFileSync(path, lines.join("\n"));
  const status = await runPipit(["eval", path, ...options]);
  return { status, out: said.out.join("\n"), err: said.err.join("\n") };
}

test("measures are printed, and the queries without a relevant hit are listed", async () => {
  const lines = [
    '{"query": "owl at night", "relevant": ["owl"]}',
    '{"query": "gull", "relevant": ["albatross"]}',
    '{"query": "bicycle", "relevant": []}',
  ];
  const { status, out } = await evaluated(lines, "--collection", "birds");
  expect(status).toBe(0);
  expect(out).toContain("3 queries, 1 of them without an answer");
  expect(out).toMatch(/nDCG@10\s+0\.500/);
  expect(out).toContain("  gull  (first: gull)");
});

test.each([
  [["--collection", "nobody"], "unknown-collection"],
  [[], "--collection NAME"],
])("with %j the fault is said", async (options, text) => {
  const { status, err } = await evaluated(['{"query": "owl", "relevant": ["owl"]}'], ...options);
  expect(status).toBe(2);
  expect(err).toContain(text === "unknown-collection" ? "nobody" : text);
});

test("a line that is no judged query, and a file that is not there, are named", async () => {
  expect((await evaluated(["owl"], "--collection", "birds")).err).toContain("line 1");
  const marked = '\ufeff{"query": "owl", "relevant": ["owl"]}';
  expect((await evaluated([marked], "--collection", "nobody")).err).toContain("nobody");
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(await runPipit(["eval", join(folder, "no.jsonl"), "--collection", "birds"])).toBe(2);
  expect(error.mock.calls.flat().join(" ")).toContain("no.jsonl");
  expect(await runPipit(["eval"])).toBe(2);
  expect(error.mock.calls.flat().join(" ")).toContain("eval QUERIES.jsonl");
});
