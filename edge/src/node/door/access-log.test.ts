import { request } from "node:http";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../listen.ts";

/** The id in the log line of a request with these headers, and the headers that the app was given. */
async function idsOf(headers: Record<string, string | string[]>) {
  const lines: { readonly id: string; readonly gone?: true }[] = [];
  // The platform's adapter reads a single header and the whole list from different places.
  const app = ({ headers }: Request) =>
    new Response(JSON.stringify([["one", headers.get("x-request-id")], ...headers]));
  const log = (line: string) => void lines.push(JSON.parse(line));
  const { url, stop } = await listen(app, { host: "127.0.0.1", port: 0, log });
  onTestFinished(stop);
  const given = await new Promise<[string, string][]>((answered, failed) => {
    const asking = request(url, { headers, agent: false }, async (answer) => answered(JSON.parse(await text(answer))));
    asking.on("error", failed).end();
  });
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).not.toHaveProperty("gone");
  return { logged: lines[0]?.id, given };
}

test("a request's own id is that of its line", async () => {
  const { logged, given } = await idsOf({ "X-Request-Id": "trace-7", "x-other": "kept" });
  expect(logged).toBe("trace-7");
  expect(given).toEqual(
    expect.arrayContaining([
      ["one", "trace-7"],
      ["x-request-id", "trace-7"],
      ["x-other", "kept"],
    ]),
  );
});

test.each([
  ["none", {}],
  ["one that is not sane", { "x-request-id": "a name, or two" }],
  ["two", { "x-request-id": ["trace-7", "trace-8"] }],
])("a request with %s has a new one, in its line and for the app", async (_, headers) => {
  const { logged, given } = await idsOf(headers);
  expect(logged).toMatch(/^[0-9a-f-]{36}$/);
  expect(given.filter(([name]) => name === "x-request-id" || name === "one")).toEqual([
    ["one", logged],
    ["x-request-id", logged],
  ]);
});
