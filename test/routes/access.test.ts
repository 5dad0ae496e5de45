import { type AccessOptions, accessPolicy } from "@pipit/edge/node";
import { afterEach, describe, expect, test } from "vitest";
import { openEdgeApp } from "../fixtures/edge-app.ts";

const opened: Awaited<ReturnType<typeof openEdgeApp>>[] = [];
afterEach(async () => {
  for (const edge of opened.splice(0)) await edge.close();
});

async function open(options: AccessOptions = {}, without: "unneeded" | "missing" = "unneeded") {
  const edge = await openEdgeApp({ access: await accessPolicy(options, without) });
  opened.push(edge);
  await edge.collections.create("birds");
  return edge.app;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const HOST = { host: "127.0.0.1:3000" };
const json = { "content-type": "application/json" };
const search = (headers: Record<string, string> = {}): [string, Asked] => [
  "/v1/collections/birds/search",
  { method: "POST", headers: { ...HOST, ...json, ...headers }, body: '{"text":"owl"}' },
];
const create = (headers: Record<string, string>): [string, Asked] => [
  "/v1/collections",
  { method: "POST", headers: { ...HOST, ...json, ...headers }, body: '{"name":"mine"}' },
];
const EVIL = { origin: "https://evil.example" };

describe("pages of other origins", () => {
  test.each([
    ["POST as JSON", create(EVIL)],
    ["POST without a preflight", create({ ...EVIL, "content-type": "text/plain" })],
    ["a form", create({ ...EVIL, "content-type": "application/x-www-form-urlencoded" })],
    ["a sandboxed page", create({ origin: "null" })],
    ["a browser that hides the origin", create({ "sec-fetch-site": "cross-site" })],
    ["another port of this machine", create({ origin: "http://127.0.0.1:8080" })],
    ["a search", search(EVIL)],
    ["DELETE", ["/v1/collections/birds/entries/a", { method: "DELETE", headers: { ...HOST, ...EVIL } }]],
    [
      "a preflight",
      [
        "/v1/collections",
        { method: "OPTIONS", headers: { ...HOST, ...EVIL, "access-control-request-method": "POST" } },
      ],
    ],
  ] as [string, [string, Asked]][])("are refused: %s", async (_, [path, asked]) => {
    const app = await open();
    const refused = await app.request(path, asked);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
    expect((await refused.json()).error).toMatchObject({
      code: "not-allowed",
      got: expect.stringContaining(asked.headers?.origin ?? "another site"),
      do: expect.stringContaining("PIPIT_ORIGINS"),
    });
    expect(refused.headers.get("vary")).toBe("Origin");
    const { collections } = await (await app.request("/v1/collections")).json();
    expect(collections).toHaveLength(1);
  });

  test("cannot read what a safe request answers", async () => {
    const answer = await (await open()).request("/v1/collections", { headers: { ...HOST, ...EVIL } });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, null]);
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(answer.headers.get("vary")).toBe("Origin");
  });

  test("may ask when they are listed, with a preflight before", async () => {
    const app = await open({ origins: ["https://site.example"] });
    const origin = { origin: "https://site.example" };
    const headers = { ...HOST, ...origin, "access-control-request-method": "POST" };
    const preflight = await app.request("/v1/collections", { method: "OPTIONS", headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("vary")).toBe("Origin");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://site.example");
    const answer = await app.request(...create(origin));
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([201, "https://site.example"]);
    expect(answer.headers.get("access-control-expose-headers")).toContain("Server-Timing");
    expect((await app.request(...create(EVIL))).status).toBe(403);
  });

  test("of the server itself need no permission", async () => {
    const headers = { ...HOST, origin: "http://127.0.0.1:3000", "access-control-request-method": "POST" };
    const answer = await (await open()).request("/v1/collections", { method: "OPTIONS", headers });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([204, null]);
  });

  test("may ask for the methods of a path, which is no preflight", async () => {
    const answer = await (await open()).request("/v1/collections", {
      method: "OPTIONS",
      headers: { ...HOST, ...EVIL },
    });
    expect([answer.status, answer.headers.get("allow")]).toEqual([204, "POST, GET, HEAD, OPTIONS"]);
    expect(answer.headers.get("access-control-allow-methods")).toBeNull();
  });

  test.each([
    ["true", "true"],
    ["false", null],
    [undefined, null],
  ])("may reach from the web into a local network where they are listed and ask for it: %s", async (asked, allowed) => {
    const app = await open({ origins: ["https://site.example"] });
    const headers = {
      ...HOST,
      origin: "https://site.example",
      "access-control-request-method": "POST",
      ...(asked && { "access-control-request-private-network": asked }),
    };
    const preflight = await app.request("/v1/collections", { method: "OPTIONS", headers });
    expect(preflight.headers.get("access-control-allow-private-network")).toBe(allowed);
  });

  test("are not taken for preflights by a header", async () => {
    const app = await open({ origins: ["https://site.example"] });
    const headers = { origin: "https://site.example", "access-control-request-method": "GET" };
    expect((await app.request(...create(headers))).status).toBe(201);
    expect((await app.request(...create({ ...headers, ...EVIL }))).status).toBe(403);
  });

  test("may search every collection where all are public", async () => {
    const app = await open({ publicSearch: ["*"], key: "sesame" });
    expect((await app.request(...search(EVIL))).status).toBe(200);
    expect((await app.request(...search({ "sec-fetch-site": "cross-site" }))).status).toBe(200);
    expect((await app.request(...create(EVIL))).status).toBe(403);
  });

  test("may search public collections, and do nothing else", async () => {
    const app = await open({ publicSearch: ["birds"], key: "sesame" });
    const answer = await app.request(...search(EVIL));
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "*"]);
    expect((await app.request(...create(EVIL))).status).toBe(403);
    const other = search(EVIL);
    expect((await app.request("/v1/collections/mine/search", other[1])).status).toBe(403);
    const preflight = (method: string) => {
      const headers = { ...HOST, ...EVIL, "access-control-request-method": method };
      return app.request("/v1/collections/birds/search", { method: "OPTIONS", headers });
    };
    const allowed = await preflight("POST");
    expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
    expect((await preflight("DELETE")).status).toBe(403);
  });

  test("the server's own may do all", async () => {
    const app = await open();
    expect((await app.request(...create({ origin: "http://127.0.0.1:3000" }))).status).toBe(201);
    // Behind a proxy that ends TLS and whose Host header has no port.
    const proxied = create({ host: "search.example", origin: "https://search.example" });
    expect((await app.request(...proxied)).status).toBe(200);
    const withPort = create({ host: "search.example:443", origin: "https://search.example" });
    expect((await app.request(...withPort)).status).toBe(200);
  });

  test("are recognized by the requested address, if no host is named", async () => {
    const app = await open({ hosts: [] });
    const ask = (origin: string) => app.request("/v1/collections", { ...create({})[1], headers: { ...json, origin } });
    expect((await ask("http://localhost")).status).toBe(201);
    expect((await ask(EVIL.origin)).status).toBe(403);
  });

  test("are not accepted if the host that they name is invalid", async () => {
    const app = await open();
    expect((await app.request(...create({ ...EVIL, host: "a^b" }))).status).toBe(403);
  });
});

describe("the host a request names", () => {
  const status = async (host: string) =>
    (await (await open({ hosts: ["pi.local"] })).request(...search({ host }))).status;

  test.each([
    "evil.example",
    "evil.example:3000",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "user@localhost",
    "",
  ])("%j is not this server's, as in DNS rebinding", async (host) => {
    expect(await status(host)).toBe(421);
  });

  test.each([
    "localhost",
    "LOCALHOST:3000",
    "app.localhost:3000",
    "127.0.0.1",
    "[::1]:3000",
    "192.168.1.7:3000",
    "pi.local",
    "PI.local.:80",
  ])("%s is", async (host) => {
    expect(await status(host)).toBe(200);
  });

  test("is that of the address if no header names one", async () => {
    const app = await open({ hosts: ["pi.local"] });
    expect((await app.request("http://pi.local/v1/collections")).status).toBe(200);
    expect((await app.request("http://evil.example/v1/collections")).status).toBe(421);
  });
});

describe("a server with a key", () => {
  const calls: [string, string][] = [
    ["GET", "/v1/collections"],
    ["GET", "/v1/collections/birds"],
    ["POST", "/v1/collections"],
    ["POST", "/v1/models"],
    ["POST", "/v1/embeddings"],
    ["POST", "/v1/collections/birds/search"],
    ["POST", "/v1/collections/birds/entries"],
    ["POST", "/v1/collections/birds/entries/remove"],
    ["PATCH", "/v1/collections/birds/entries/a"],
    ["DELETE", "/v1/collections/birds/entries/a"],
  ];

  test.each(calls)("refuses %s %s without it, or with another", async (method, path) => {
    const app = await open({ key: "sesame" });
    const body = method === "GET" ? {} : { body: "{}" };
    for (const authorization of ["", "Bearer", "Bearer open", "Basic sesame", "sesame"]) {
      const headers = { ...HOST, ...json, ...(authorization ? { authorization } : {}) };
      const refused = await app.request(path, { method, headers, ...body });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toContain("Bearer");
      const got = authorization === "Bearer open" ? "a wrong key" : "a request without a key";
      expect((await refused.json()).error).toMatchObject({ code: "not-allowed", got });
    }
    const headers = { ...HOST, ...json, authorization: "Bearer sesame" };
    expect((await app.request(path, { method, headers, ...body })).status).not.toBe(401);
  });

  test.each([
    [{ key: "sesame" }, [{ key: [] }]],
    [{}, [{}, { key: [] }]],
  ])("%j tells in its description whether callers need one", async (options, security) => {
    const description = await (await (await open(options)).request("/openapi.json")).json();
    expect(description).toMatchObject({ security, components: { securitySchemes: { key: { scheme: "bearer" } } } });
  });

  test("answers health checks without it", async () => {
    const app = await open({ key: "sesame" });
    for (const path of ["/health", "/ready", "/openapi.json", "/v1/models"])
      expect((await app.request(path)).status).toBe(200);
  });

  test("that needs one and has none answers public searches only", async () => {
    const app = await open({ publicSearch: ["birds"] }, "missing");
    const refused = await app.request(...create({ authorization: "Bearer sesame" }));
    expect(refused.status).toBe(403);
    expect((await refused.json()).error.do).toContain("PIPIT_KEY");
    expect((await app.request(...search())).status).toBe(200);
  });
});
