import { afterEach, beforeEach, expect, test } from "vitest";
import { openEdgeApp } from "../fixtures/edge-app.ts";

let edge: Awaited<ReturnType<typeof openEdgeApp>>;

beforeEach(async () => {
  edge = await openEdgeApp();
});
afterEach(() => edge.close());

test("/openapi.json describes every route there is", async () => {
  const { paths } = await (await edge.app.request("/openapi.json")).json();
  const described = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.keys(verbs as object).map((verb) => `${verb.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
  );
  const served = edge.app.routes.filter(({ method, path }) => method !== "ALL" && path !== "/openapi.json");
  expect(described.sort()).toEqual([...new Set(served.map(({ method, path }) => `${method} ${path}`))].sort());
});

test("/openapi.json describes what is accepted: the width of vectors, bounds of one kind", async () => {
  const { components } = await (await edge.app.request("/openapi.json")).json();
  expect(components.schemas.EmbeddingsQuery.properties.dimensions).toMatchObject({ type: "integer", enum: [64] });
  const { range } = components.schemas.Filter.anyOf.find(
    ({ properties }: { properties: { range?: object } }) => properties.range,
  ).properties;
  expect(range.anyOf.map(({ properties }: { properties: { from: object } }) => properties.from)).toEqual([
    { type: "number" },
    { type: "string" },
  ]);
});

test("/openapi.json has an example of a model that every server has", async () => {
  const { components } = await (await edge.app.request("/openapi.json")).json();
  expect(components.schemas.EmbeddingsQuery.properties.model.example).toBe("starter");
});

test("/openapi.json says how the key is sent, and what the guards answer on every route", async () => {
  const { paths, components, security } = await (await edge.app.request("/openapi.json")).json();
  expect(components.securitySchemes.key).toMatchObject({ type: "http", scheme: "bearer" });
  expect(security).toEqual([{}, { key: [] }]);
  const guards = ["400", "401", "403", "414", "421"];
  const body = ["408", "413", "415", "422", "503"];
  for (const [verb, { responses }] of Object.values(paths).flatMap((verbs) => Object.entries(verbs as object))) {
    const expected = verb === "post" || verb === "patch" ? [...guards, ...body] : guards;
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(expected));
    for (const [status, { content }] of Object.entries(responses as Record<string, { content?: object }>)) {
      if (Number(status) < 400) continue;
      const $ref = expect.stringMatching(/\/(Error|Readiness)$/);
      expect(content).toEqual({ "application/json": { schema: { $ref } } });
    }
  }
});
