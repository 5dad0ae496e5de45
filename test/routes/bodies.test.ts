import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openEdgeApp } from "../fixtures/edge-app.ts";

let edge: Awaited<ReturnType<typeof openEdgeApp>>;

beforeEach(async () => {
  edge = await openEdgeApp();
  await edge.collections.create("birds");
});
afterEach(() => edge.close());

const ENTRIES = "/v1/collections/birds/entries";
const SEARCH = "/v1/collections/birds/search";
const errorOf = async (response: Response) => (await response.json()).error;

/** A body without a length, in pieces; counts the pieces that were read. It ends when `end` resolves. */
function streamed(piece: Uint8Array, pieces: number, end: () => Promise<unknown> = async () => undefined) {
  const read = { pieces: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (read.pieces++ < pieces) return controller.enqueue(piece);
        await end();
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const send = (path: string) =>
    edge.app.request(
      new Request(`http://localhost${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        duplex: "half",
      } as RequestInit),
    );
  return { read, send };
}

describe("a body is refused before it is built", () => {
  test.each([
    ["nested empty arrays", `{"entries":[${"[],".repeat(5_000_000)}[]]}`],
    ["arrays within arrays", `{"entries":${"[".repeat(8_000_000)}${"]".repeat(8_000_000)}}`],
    ["null-valued fields", `{"entries":[{"id":"a","text":"b","fields":{${'"a":null,'.repeat(1_500_000)}"b":null}}]}`],
    ["too many ids", `{"entries":[${'"a",'.repeat(3_000_000)}"a"]}`],
  ])("%s", async (_, body) => {
    const start = performance.now();
    const refused = await edge.post(ENTRIES, body);
    expect(refused.status).toBe(422);
    expect((await errorOf(refused)).code).toBe("bad-input");
    // Parsing each of these would take many seconds and gigabytes.
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test("fields of null below those limits are refused by their place", async () => {
    const fields = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`f${i}`, null]));
    const refused = await edge.post(ENTRIES, { entries: [{ id: "a", text: "b", fields }] });
    expect([400, 422]).toContain(refused.status);
  });

  test("a filter of a hundred thousand terms is refused at once", async () => {
    const terms = Array.from({ length: 100_000 }, () => ({ field: "a", equals: "b" }));
    expect((await edge.post(SEARCH, { text: "owl", filter: { or: terms } })).status).toBe(422);
    const many = Array.from({ length: 9_000 }, () => ({ field: "a", equals: "b" }));
    expect([400, 422]).toContain((await edge.post(SEARCH, { text: "owl", filter: { or: many } })).status);
  });

  test("a body of unknown length is kept no further than the limit, and read on for as much again", async () => {
    const { read, send } = streamed(new Uint8Array(1 << 20).fill(0x20), 1000);
    const refused = await send(ENTRIES);
    expect(refused.status).toBe(413);
    expect(read.pieces).toBeLessThan(40);
  });

  test("a body that says it is too long is not read at all", async () => {
    const headers = { "content-type": "application/json", "content-length": "16777217" };
    expect((await edge.app.request(ENTRIES, { method: "POST", headers, body: "{}" })).status).toBe(413);
  });

  test("bodies under way together have a limit, and give their room back", async () => {
    for (let turn = 0; turn < 2; turn++) {
      const end = (): Promise<void> => vi.waitFor(() => expect(large.every(({ read }) => read.pieces > 0)).toBe(true));
      const large: readonly ReturnType<typeof streamed>[] = Array.from({ length: 5 }, () =>
        streamed(new Uint8Array(15 << 20).fill(0x20), 1, end),
      );
      const answers = await Promise.all(large.map(({ send }) => send(ENTRIES)));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([400, 400, 400, 400, 503]);
      expect(answers.find(({ status }) => status === 503)?.headers.get("retry-after")).toBe("1");
    }
    expect((await edge.post(SEARCH, { text: "owl" })).status).toBe(200);
  });
});

describe("a body that is no JSON in UTF-8", () => {
  const send = (headers: Record<string, string>, body: BodyInit = '{"text":"owl"}') =>
    edge.app.request(SEARCH, { method: "POST", headers, body });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1",
    "application/ld+json",
    "application/jsonx",
  ])("%s is refused with 415", async (type) => {
    const refused = await send({ "content-type": type });
    expect(refused.status).toBe(415);
    expect((await errorOf(refused)).got).toContain(type);
  });

  test("of no content type is refused with 415, saying so", async () => {
    const refused = await send({}, new TextEncoder().encode('{"text":"owl"}'));
    expect([refused.status, (await errorOf(refused)).got]).toEqual([415, "the content type (none)"]);
  });

  test.each(["application/json", "application/json;charset=utf-8", 'APPLICATION/JSON; charset="UTF-8"'])(
    "%s is read",
    async (type) => {
      expect((await send({ "content-type": type })).status).toBe(200);
    },
  );

  test("compressed is refused with 415: it could unpack to anything", async () => {
    const refused = await send({ "content-type": "application/json", "content-encoding": "gzip" });
    expect(refused.status).toBe(415);
  });

  test("bytes that are no UTF-8 are refused, not replaced", async () => {
    const body = Uint8Array.from([...Buffer.from('{"text":"'), 0xc3, 0x28, ...Buffer.from('"}')]);
    const refused = await send({ "content-type": "application/json" }, body);
    expect(refused.status).toBe(400);
    expect((await errorOf(refused)).got).toContain("UTF-8");
  });

  test("a key that stands twice is refused by its name, whatever the first of them says", async () => {
    const owner = '{"field":"owner","equals":"ann"}';
    for (const body of [
      `{"text":"owl","filter":${owner},"filter":{"field":"owner","exists":true}}`,
      `{"text":"owl","filter":${owner},"\\u0066ilter":${owner}}`,
    ]) {
      const refused = await send({ "content-type": "application/json" }, body);
      expect(refused.status).toBe(400);
      expect((await errorOf(refused)).got).toBe('the key "filter" twice in one object');
    }
    const inside = `{"text":"owl","filter":{"field":"owner","equals":"ann","equals":"bob"}}`;
    expect((await errorOf(await send({ "content-type": "application/json" }, inside))).got).toContain('"equals"');
  });

  test("is not read where there is no route", async () => {
    const { read, send: sendTo } = streamed(new Uint8Array(8), 10);
    expect((await sendTo("/v1/nothing")).status).toBe(404);
    expect(read.pieces).toBe(0);
  });
});

test("a caller that goes away while it sends is no failure to log", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
  const answer = await edge.app.request(new Request(`http://localhost${SEARCH}`, init as RequestInit));
  expect(answer.status).toBe(499);
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});
