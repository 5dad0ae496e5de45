import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { below, type Random } from "@pipit/test/fixtures/seeded";

const WORDS =
  "lark owl wren heron song field night river reed marsh hill dawn gull tern crow finch brown small wing nest".split(
    " ",
  );
/** Callers that search one query after another. */
const SEARCHERS = 2;

export interface Measured {
  readonly searches: number;
  /** Milliseconds of each search, measured by its caller. */
  readonly search: readonly number[];
  readonly health: readonly number[];
}

export function drawText(random: Random): string {
  const words = Array.from({ length: 9 }, () => WORDS[below(random, WORDS.length)]);
  return `${words.join(" ")} number ${below(random, 1_000_000)}`;
}

export async function post<T>(url: string, path: string, body: unknown): Promise<T> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json() as Promise<T>;
}

/** Searches, and requests `/health` in another thread, for `ms`. `beside` gives the server other work until its signal aborts. */
export async function load(
  url: string,
  { random, ms, beside }: { random: Random; ms: number; beside: (isOver: () => boolean) => Promise<void> },
): Promise<Measured> {
  const until = performance.now() + ms;
  const isOver = () => performance.now() >= until;
  const health = probeHealth(url);
  const search: number[] = [];
  const searcher = async () => {
    while (!isOver()) {
      const began = performance.now();
      await post(url, "/v1/collections/docs/search", { text: drawText(random), k: 10 });
      search.push(performance.now() - began);
    }
  };
  await Promise.all([...Array.from({ length: SEARCHERS }, searcher), beside(isOver)]);
  return { searches: search.length / (ms / 1000), search, health: await health() };
}

/** Requests `/health` in another thread until the returned function is called, which resolves to the milliseconds of each answer. */
export function probeHealth(url: string): () => Promise<readonly number[]> {
  const prober = new Worker(new URL("./health-prober.ts", import.meta.url), { workerData: { url, everyMs: 5 } });
  return async () => {
    prober.postMessage("tell");
    const [times] = (await once(prober, "message")) as [number[]];
    return times;
  };
}
