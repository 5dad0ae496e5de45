import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Entry, EntryPatch } from "@pipit/core";
import {
  addSummary,
  collectionParams,
  entryIds,
  entryUpdate,
  newEntries,
  removed,
  requestHeaders,
} from "../schemas.ts";
import type { Services } from "../services.ts";
import { bodyFailures, json } from "./answers.ts";

const addEntries = createRoute({
  method: "post",
  path: "/v1/collections/{name}/entries",
  summary: "Add entries, or replace those with the same ids",
  description:
    "The answer comes when the entries are on disk and findable. An entry whose new text holds nothing to read is removed.",
  request: {
    params: collectionParams,
    headers: requestHeaders,
    body: { content: { "application/json": { schema: newEntries } }, required: true },
  },
  responses: { 200: json(addSummary, "Stored for good."), ...bodyFailures(404, 507) },
});

const updateEntry = createRoute({
  method: "post",
  path: "/v1/collections/{name}/entries/update",
  summary: "Change an entry by an id of any characters",
  description: "As PATCH does. Not every id works in a path: `.` and `..` have a special meaning there.",
  request: {
    params: collectionParams,
    headers: requestHeaders,
    body: { content: { "application/json": { schema: entryUpdate } }, required: true },
  },
  responses: { 204: { description: "Changed." }, ...bodyFailures(404, 409, 507) },
});

const removeEntries = createRoute({
  method: "post",
  path: "/v1/collections/{name}/entries/remove",
  summary: "Remove many entries; unknown ids are no failure",
  request: {
    params: collectionParams,
    headers: requestHeaders,
    body: { content: { "application/json": { schema: entryIds } }, required: true },
  },
  responses: { 200: json(removed, "How many were there."), ...bodyFailures(404, 507) },
});

export function entryRoutes(app: OpenAPIHono, { collections }: Services): void {
  app.openapi(addEntries, async (c) => {
    const engine = await collections.open(c.req.valid("param").name);
    // JSON has no undefined: zod's optional fields are missing, never undefined.
    const entries = c.req.valid("json").entries as Entry[];
    const summary = await engine.add(entries, { signal: c.req.raw.signal });
    return c.json(summary, 200);
  });

  app.openapi(removeEntries, async (c) => {
    const engine = await collections.open(c.req.valid("param").name);
    return c.json({ removed: await engine.remove(c.req.valid("json").ids) }, 200);
  });

  app.openapi(updateEntry, async (c) => {
    const engine = await collections.open(c.req.valid("param").name);
    const { id, ...patch } = c.req.valid("json");
    await engine.update(id, patch as EntryPatch);
    return c.body(null, 204);
  });
}
