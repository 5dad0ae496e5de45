import { EventEmitter } from "node:events";
import { PipitError } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { OWN_PAGES_ONLY } from "../../app/access/access-policy.ts";
import { HTTP_LIMITS } from "../../app/limits.ts";
import type { ApiHost } from "../host/api-host.ts";
import type { ApiAnswer, ApiRequest } from "../host/api-request.ts";
import { createDoor } from "./door-app.ts";

interface Begun extends PromiseWithResolvers<ApiAnswer> {
  readonly request: ApiRequest;
}

const ROUTES = [
  { method: "GET", path: "/health" },
  { method: "GET", path: "/ready" },
  { method: "GET", path: "/v1/collections/:name" },
  { method: "PATCH", path: "/v1/collections/:name/entries/:id" },
];

/** A door before a host whose answers the test releases. */
function openDoor() {
  const begun: Begun[] = [];
  const host: ApiHost = {
    routes: ROUTES,
    models: { states: [], summary: "", settled: true },
    whenSettled: async () => undefined,
    close: async () => undefined,
    answer(request) {
      const call = { request, ...Promise.withResolvers<ApiAnswer>() };
      begun.push(call);
      return call.promise;
    },
  };
  const app = createDoor({ host, access: OWN_PAGES_ONLY, version: "0", runtime: "test" });
  const ask = (path: string, init?: RequestInit, env?: object) => Promise.resolve(app.request(path, init, env));
  const paths = () => begun.map(({ request }) => new URL(request.url).pathname);
  return { begun, ask, paths };
}

const answer = (bytes = 2, status = 200): ApiAnswer => ({ status, headers: [], body: new Uint8Array(bytes) });
const turns = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("questions beyond those that are worked on at a time", () => {
  const most = HTTP_LIMITS.requestsAtATime;
  const pathOf = (i: number) => `/v1/collections/c${i}`;

  /** A door at which the limit of running requests is reached. */
  async function openBusy() {
    const door = openDoor();
    for (let i = 0; i < most; i++) void door.ask(pathOf(i));
    await turns();
    expect(door.begun).toHaveLength(most);
    return door;
  }

  test("begin in the order they came in, one for each that ends, however it ends", async () => {
    const { begun, ask, paths } = await openBusy();
    for (const path of ["/v1/collections/a", "/v1/collections/b", "/v1/collections/c"]) {
      void ask(path);
      await turns();
    }
    expect(begun).toHaveLength(most);
    begun[3]?.resolve(answer());
    await turns();
    expect(paths().slice(most)).toEqual(["/v1/collections/a"]);
    begun[5]?.reject(new PipitError("busy", { got: "a", expected: "b", do: "c" }));
    await turns();
    expect(paths().slice(most)).toEqual(["/v1/collections/a", "/v1/collections/b"]);
  });

  test("are not worked on when their callers have left", async () => {
    const { begun, ask, paths } = await openBusy();
    const leaving = new AbortController();
    const gone = ask("/v1/collections/gone", { signal: leaving.signal });
    void ask("/v1/collections/stays");
    await turns();
    leaving.abort();
    expect((await gone).status).toBe(499);
    begun[0]?.resolve(answer());
    await turns();
    expect(paths().slice(most)).toEqual(["/v1/collections/stays"]);
  });
});

test("a caller that left before there is work for it gets none", async () => {
  const { begun, ask } = openDoor();
  expect((await ask("/v1/collections/a", { signal: AbortSignal.abort() })).status).toBe(499);
  expect(begun).toEqual([]);
});

describe("an answer larger than what may wait to be sent", () => {
  const large = answer(HTTP_LIMITS.answerBytesUnsent + 1);

  test("holds back the next large one until it is sent", async () => {
    const { outgoing, answered } = await answeredTo({ closed: false });
    expect(answered()).toBe(1);
    outgoing.emit("close");
    await turns();
    expect(answered()).toBe(2);
  });

  test("holds back nothing if its caller left before it was made", async () => {
    expect((await answeredTo({ closed: true })).answered()).toBe(2);
  });

  /** Makes another large answer after the first one was made. */
  async function answeredTo(state: { closed: boolean }) {
    const { begun, ask } = openDoor();
    const outgoing = Object.assign(new EventEmitter(), state);
    let count = 0;
    for (const [i, bindings] of [{ outgoing }, {}].entries()) {
      void ask(`/v1/collections/${i}`, {}, bindings).then(() => count++);
      await turns();
      begun[i]?.resolve(large);
      await turns();
    }
    return { outgoing, answered: () => count };
  }
});

test("an answer without a body passes", async () => {
  const { begun, ask } = openDoor();
  const init = { method: "PATCH", body: "{}", headers: { "content-type": "application/json" } };
  const asked = ask("/v1/collections/a/entries/b", init);
  await turns();
  begun[0]?.resolve(answer(0, 204));
  expect((await asked).status).toBe(204);
  expect(begun[0]?.request.headers).toMatchObject({ "content-type": "application/json" });
});

test("the host gets the request id of the answer, also if the caller's own is invalid", async () => {
  const { begun, ask } = openDoor();
  const asked = ask("/v1/collections/a", { headers: { "x-request-id": "a name, or two" } });
  await turns();
  begun[0]?.resolve(answer());
  expect(begun[0]?.request.headers["x-request-id"]).toBe((await asked).headers.get("x-request-id"));
});

describe("/ready", () => {
  test("is not ready while there is no thread", async () => {
    const { begun, ask } = openDoor();
    const asked = ask("/ready");
    await turns();
    begun[0]?.reject(new PipitError("worker-died", { got: "a", expected: "b", do: "c" }));
    const told = await asked;
    expect([told.status, await told.json()]).toMatchObject([503, { ready: false }]);
  });

  test("reports any other failure unchanged", async () => {
    const { begun, ask } = openDoor();
    const asked = ask("/ready");
    await turns();
    begun[0]?.reject(new PipitError("storage-failed", { got: "a", expected: "b", do: "c" }));
    const told = await asked;
    expect([told.status, await told.json()]).toMatchObject([500, { error: { code: "storage-failed" } }]);
  });
});

test("a failure of another route is reported unchanged, also without a thread", async () => {
  const { begun, ask } = openDoor();
  const asked = ask("/v1/collections/a");
  await turns();
  begun[0]?.reject(new PipitError("worker-died", { got: "a", expected: "b", do: "c" }));
  const told = await asked;
  expect([told.status, await told.json()]).toMatchObject([503, { error: { code: "worker-died" } }]);
});

test("/health asks no host", async () => {
  const { begun, ask } = openDoor();
  expect((await ask("/health")).status).toBe(200);
  expect(begun).toEqual([]);
});
