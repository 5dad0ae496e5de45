import { env, exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";

interface Answer {
  readonly kind: string;
  readonly id: string;
  /** The status; "left" if the caller left before the answer. */
  readonly status: number | "left" | "hangs";
}

const HANGS_MS = 15_000;
const pause = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

/** Requests to one isolate. Each has a context of its own, which ends with the request. */
function isolateAt(host: string) {
  const collection = `http://${host}/v1/collections/one`;
  const headers = { authorization: `Bearer ${env.PIPIT_KEY}`, "content-type": "application/json" };
  const ask = (path: string, body: unknown, leaveAfterMs?: number) => {
    const caller = new AbortController();
    if (leaveAfterMs !== undefined) setTimeout(() => caller.abort(), leaveAfterMs);
    const sent = body === undefined ? { method: "GET" } : { method: "POST", body: JSON.stringify(body) };
    return exports.default.fetch(`${path}`, { ...sent, headers, signal: caller.signal });
  };
  const create = () => ask(`http://${host}/v1/collections`, { name: "one" });
  const add = (id: string, leave?: number) =>
    ask(`${collection}/entries`, { entries: [{ id, text: `the bird ${id}` }] }, leave);
  const search = (text: string, leave?: number) => ask(`${collection}/search`, { text, k: 1000 }, leave);
  const stats = () => ask(collection, undefined);
  return { create, add, search, stats };
}

type Isolate = ReturnType<typeof isolateAt>;

/** Of sixteen callers six leave: before any work, in the middle, or at about the time of the answer. */
function callOf({ add, search, stats }: Isolate, round: number, i: number): [string, Promise<Response>] {
  const leave = (i * 7 + round * 13) % 120;
  switch (i % 8) {
    case 0:
    case 4:
      return ["add", add(`${round}-${i}`)];
    case 1:
    case 5:
      return ["add", add(`${round}-${i}`, leave)];
    case 2:
      return ["search", search(`a bird of round ${round} and call ${i}`)];
    case 3:
      return ["search", search(`a bird of round ${round}`, leave)];
    case 6:
      return ["search", search(`a bird of round ${round}`)];
    default:
      return ["stats", stats()];
  }
}

async function answerOf(kind: string, id: string, answer: Promise<Response>): Promise<Answer> {
  const whole = answer.then((response) => response.text().then(() => response.status));
  const left = whole.catch(() => "left" as const);
  const status = await Promise.race([left, pause(HANGS_MS).then(() => "hangs" as const)]);
  return { kind, id, status };
}

async function rounds(isolate: Isolate, count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let round = 0; round < count; round++) {
    const calls = Array.from({ length: 16 }, (_, i) => {
      const [kind, answer] = callOf(isolate, round, i);
      return answerOf(kind, `${round}-${i}`, answer);
    });
    answers.push(...(await Promise.all(calls)));
  }
  return answers;
}

describe.each([
  ["kept to their ends", "pipit.test", 10],
  ["cut off when their callers leave", "cut-off.test", 4],
] as const)("in one isolate, sixteen requests at a time that are %s", (_, host, count) => {
  test("are all answered, and acknowledged entries are found", async () => {
    const isolate = isolateAt(host);
    expect((await isolate.create()).status).toBeLessThan(300);
    const answers = await rounds(isolate, count);
    const failed = answers.filter(({ status }) => status !== 200 && status !== "left");
    expect(failed).toEqual([]);
    const { hits } = await (await isolate.search("the bird")).json<{ hits: { id: string }[] }>();
    const found = new Set(hits.map(({ id }) => id));
    const acknowledged = answers.flatMap(({ kind, id, status }) => (kind === "add" && status === 200 ? [id] : []));
    expect(acknowledged.length).toBeGreaterThanOrEqual(4 * count);
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  });
});
