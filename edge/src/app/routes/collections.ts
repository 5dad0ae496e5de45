import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  collectionInfo,
  collectionList,
  collectionParams,
  collectionStats,
  newCollection,
  requestHeaders,
} from "../schemas.ts";
import type { Services } from "../services.ts";
import { bodyFailures, failures, json } from "./answers.ts";

const createCollection = createRoute({
  method: "post",
  path: "/v1/collections",
  summary: "Create a collection",
  request: {
    headers: requestHeaders,
    body: { content: { "application/json": { schema: newCollection } }, required: true },
  },
  responses: {
    201: json(collectionInfo, "Created."),
    200: json(collectionInfo, "It was there already and is as it was."),
    ...bodyFailures(507),
  },
});

const listCollections = createRoute({
  method: "get",
  path: "/v1/collections",
  summary: "All collections",
  request: { headers: requestHeaders },
  responses: { 200: json(collectionList, "By name."), ...failures(503) },
});

const getCollection = createRoute({
  method: "get",
  path: "/v1/collections/{name}",
  summary: "State of a collection: entries, space, producer, index, recall",
  request: { params: collectionParams, headers: requestHeaders },
  responses: { 200: json(collectionStats, "Its statistics."), ...failures(404, 503) },
});

export function collectionRoutes(app: OpenAPIHono, { collections }: Services): void {
  app.openapi(createCollection, async (c) => {
    const { name } = c.req.valid("json");
    const created = await collections.create(name);
    return c.json(await collections.info(name), created ? 201 : 200);
  });

  app.openapi(listCollections, async (c) => c.json({ collections: await collections.list() }, 200));

  app.openapi(getCollection, async (c) => {
    const engine = await collections.open(c.req.valid("param").name);
    return c.json(await engine.stats(), 200);
  });
}
