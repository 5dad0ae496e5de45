import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openEdgeApp } from "../fixtures/edge-app.ts";

let edge: Awaited<ReturnType<typeof openEdgeApp>>;

beforeEach(async () => {
  edge = await openEdgeApp();
  await edge.collections.create("birds");
});
afterEach(() => edge.close());

const PATHS = {
  "/health": "GET, HEAD, OPTIONS",
  "/ready": "GET, HEAD, OPTIONS",
  "/openapi.json": "GET, HEAD, OPTIONS",
  "/v1/models": "GET, HEAD, OPTIONS",
  "/v1/embeddings": "POST, OPTIONS",
  "/v1/collections": "POST, GET, HEAD, OPTIONS",
  "/v1/collections/birds": "GET, HEAD, OPTIONS",
  "/v1/collections/birds/search": "POST, OPTIONS",
  "/v1/collections/birds/entries": "POST, OPTIONS",
  "/v1/collections/birds/entries/remove": "POST, PATCH, DELETE, OPTIONS",
  "/v1/collections/birds/entries/update": "POST, PATCH, DELETE, OPTIONS",
  "/v1/collections/birds/entries/a": "PATCH, DELETE, OPTIONS",
};

describe.each(Object.entries(PATHS))("%s", (path, allow) => {
  test("says which methods it has", async () => {
    const answer = await edge.app.request(path, { method: "OPTIONS" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([204, allow]);
  });

  test.each(
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"].filter((one) => !allow.includes(one)),
  )("answers %s with 405", async (method) => {
    // `Request` refuses some of these methods; a socket does not.
    const request = new Request(`http://localhost${path}`);
    Object.defineProperty(request, "method", { value: method });
    const refused = await edge.app.request(request);
    expect([refused.status, refused.headers.get("allow")]).toEqual([405, allow]);
  });
});

test.each(Object.entries(PATHS).flatMap(([path, allow]) => (allow.includes("HEAD") ? [path] : [])))(
  "HEAD %s is answered as GET, without the body",
  async (path) => {
    const head = await edge.app.request(path, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(head.headers.get("content-type")).toContain("application/json");
  },
);

describe("each answer", () => {
  test("has the caller's id of the request, or a new one if that is invalid", async () => {
    const idOf = async (given: string) =>
      (await edge.app.request("/health", { headers: { "x-request-id": given } })).headers.get("x-request-id");
    expect(await idOf("trace-1/a:b=c")).toBe("trace-1/a:b=c");
    for (const odd of ["", "a b", "x".repeat(129), "é"]) expect(await idOf(odd)).toMatch(/^[0-9a-f-]{36}$/);
    expect((await edge.app.request("/nowhere")).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("is harmless in a browser that shows it as a page", async () => {
    for (const path of ["/health", "/nowhere", "/v1/collections", "/v1/collections/%zz"]) {
      const { headers } = await edge.app.request(path);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });
});

test.each(["/%zz", "/%ff", "/v1/collections/%c3%28", "/v1/collections/birds/entries/%"])(
  "%s has an invalid escape",
  async (path) => {
    const refused = await edge.app.request(path);
    expect(refused.status).toBe(400);
    expect((await refused.json()).error.do).toContain("encodeURIComponent");
  },
);

test.each(["/v1/collections/", "/v1/collections//search", "/*", "/v1/*"])("%s is no path of the API", async (path) => {
  for (const method of ["OPTIONS", "POST"]) expect((await edge.app.request(path, { method })).status).toBe(404);
});

test("a URL that is too long is refused with 414, the longest id is not", async () => {
  expect((await edge.app.request(`/health?${"x".repeat(9_000)}`)).status).toBe(414);
  const path = `/v1/collections/birds/entries/${encodeURIComponent("鳥".repeat(512))}`;
  expect((await edge.app.request(path, { method: "DELETE" })).status).toBe(404);
});
