import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelStates, startNodeServer } from "@pipit/edge/node";
import { expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { type RandomRequest, randomRequest } from "../../fixtures/random-bodies.ts";
import { seeded } from "../../fixtures/seeded.ts";

/** Some hundreds in every run. A hundred thousand, started by hand, take some four minutes on one core. */
const COUNT = Number(process.env.PIPIT_FUZZ ?? 600);
const SEED = Number(process.env.PIPIT_SEED ?? 20_261_128);
const AT_ONCE = 16;
/** In memory if possible: a third of the requests write, and this test is not about disks. */
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

type Documented = Record<string, Record<string, { responses: object }>>;

test(`${COUNT} random bodies are answered as /openapi.json says, by no failure of the server`, {
  timeout: 3_600_000,
}, async () => {
  console.log(`seed ${SEED}`);
  const folder = await mkdtemp(join(FOLDER, "pipit-fuzz-"));
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  const server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder: folder, models });
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Documented };
  const headers = { "content-type": "application/json" };
  await fetch(`${server.url}/v1/collections`, { method: "POST", headers, body: '{"name":"birds"}' });
  const random = seeded(SEED);
  const wrong: unknown[] = [];
  const statuses = new Map<number, number>();
  const askSome = async (count: number) => {
    let left = count;
    const ask = async () => {
      while (left-- > 0) {
        const one = randomRequest(random);
        const { status, fault } = await answerOf(server.url, one, paths);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (fault) wrong.push({ fault, status, ...one, body: String(one.body).slice(0, 300) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
  };
  await askSome(Math.min(COUNT, 300));
  const before = process.memoryUsage.rss();
  await askSome(COUNT - 300);
  console.log(
    Object.fromEntries(statuses),
    `grown by ${Math.round((process.memoryUsage.rss() - before) / 2 ** 20)} MB`,
  );
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(statuses.get(200)).toBeGreaterThan(COUNT / 50);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  await server.close();
  await rm(folder, { recursive: true });
});

async function answerOf(url: string, { method, path, body }: RandomRequest, paths: Documented) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url + path, { method, headers, body });
  const text = await response.text();
  return { status: response.status, fault: faultOf(response.status, text, documented(paths, method, path)) };
}

function documented(paths: Documented, method: string, path: string): readonly string[] {
  const template = path.replace("/birds", "/{name}").replace(/entries\/lark$/, "entries/{id}");
  return Object.keys(paths[template]?.[method.toLowerCase()]?.responses ?? {});
}

function faultOf(status: number, text: string, statuses: readonly string[]): string | undefined {
  if (!statuses.includes(String(status))) return "undocumented";
  if (status >= 500 && status !== 503 && status !== 507) return "a failure of the server";
  if (status < 400) return undefined;
  const { error } = JSON.parse(text);
  return error?.code && error.got && error.expected && error.do ? undefined : "a refusal that does not say what to do";
}
