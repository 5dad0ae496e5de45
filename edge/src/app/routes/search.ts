import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { assertSpaceId, type SearchResult } from "@pipit/core";
import { collectionParams, requestHeaders, searchQuery, searchResult } from "../schemas.ts";
import type { Services } from "../services.ts";
import { bodyFailures, json } from "./answers.ts";

const searchCollection = createRoute({
  method: "post",
  path: "/v1/collections/{name}/search",
  summary: "The entries that answer a query, by meaning and by words, best first",
  request: {
    params: collectionParams,
    headers: requestHeaders,
    body: { content: { "application/json": { schema: searchQuery } }, required: true },
  },
  responses: { 200: json(searchResult, "At most k hits."), ...bodyFailures(404, 409) },
});

/** More hits than a page shows: each may contain an entry of 100 kB. */
const MANY_HITS = 50;

export function searchRoutes(app: OpenAPIHono, { collections, longAnswers }: Services): void {
  app.openapi(searchCollection, async (c) => {
    const { name } = c.req.valid("param");
    const { text, vector, like, space, ...options } = c.req.valid("json");
    if (space !== undefined) assertSpaceId(space, (await collections.info(name)).space);
    const engine = await collections.open(name);
    const query = { text, vector: vector && Float32Array.from(vector), like, space };
    const answer = async () => {
      const result = await engine.search(query, { ...options, signal: c.req.raw.signal });
      c.header("Server-Timing", serverTiming(result));
      return c.json(result, 200);
    };
    return longAnswers && (options.k ?? 0) > MANY_HITS ? longAnswers.take(answer) : answer();
  });
}

function serverTiming({ took }: SearchResult): string {
  return Object.entries(took)
    .map(([stage, milliseconds]) => `${stage};dur=${milliseconds.toFixed(2)}`)
    .join(", ");
}
