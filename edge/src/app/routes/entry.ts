import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { type EntryPatch, PipitError } from "@pipit/core";
import type { z } from "zod";
import { collectionParams, entryParams, entryPatch, removed, requestHeaders } from "../schemas.ts";
import type { Services } from "../services.ts";
import { bodyFailures, failures, json } from "./answers.ts";

const ENTRIES = "/v1/collections/{name}/entries";

/** PATCH and DELETE of one entry by its path. */
function routesOf<P extends z.ZodObject>(path: string, params: P) {
  const change = createRoute({
    method: "patch",
    path,
    summary: "Change an entry's text, its fields, or both",
    description: "Fields given replace all fields. With fields alone nothing is embedded again.",
    request: {
      params,
      headers: requestHeaders,
      body: { content: { "application/json": { schema: entryPatch } }, required: true },
    },
    responses: { 204: { description: "Changed." }, ...bodyFailures(404, 409, 507) },
  });
  const remove = createRoute({
    method: "delete",
    path,
    summary: "Remove one entry",
    request: { params, headers: requestHeaders },
    responses: { 200: json(removed, "Removed."), ...failures(404, 422, 503, 507) },
  });
  return { change, remove };
}

/** Ids that are equal to paths of POST routes. */
const PATHS_TOO = ["remove", "update"];

export function entryRoute(app: OpenAPIHono, services: Services): void {
  const { changed, removedOne } = worksOf(services);
  // Registered before the path of all ids, which would match these too.
  for (const id of PATHS_TOO) {
    const own = routesOf(`${ENTRIES}/${id}`, collectionParams);
    app.openapi(own.change, async (c) => {
      await changed(c.req.valid("param").name, id, c.req.valid("json") as EntryPatch);
      return c.body(null, 204);
    });
    app.openapi(own.remove, async (c) => c.json(await removedOne(c.req.valid("param").name, id), 200));
  }

  const { change, remove } = routesOf(`${ENTRIES}/{id}`, entryParams);
  app.openapi(change, async (c) => {
    const { name, id } = c.req.valid("param");
    await changed(name, id, c.req.valid("json") as EntryPatch);
    return c.body(null, 204);
  });
  app.openapi(remove, async (c) => {
    const { name, id } = c.req.valid("param");
    return c.json(await removedOne(name, id), 200);
  });
}

function worksOf({ collections }: Services) {
  return {
    async changed(name: string, id: string, patch: EntryPatch): Promise<void> {
      await (await collections.open(name)).update(id, patch);
    },
    async removedOne(name: string, id: string): Promise<{ removed: number }> {
      const engine = await collections.open(name);
      if ((await engine.remove([id])) === 0) throw unknownEntry(id, name);
      return { removed: 1 };
    },
  };
}

function unknownEntry(id: string, name: string): PipitError {
  return new PipitError("unknown-entry", {
    got: `the id ${JSON.stringify(id)}`,
    expected: `the id of an entry of ${name}`,
    do: "Nothing was removed; it may be gone already.",
  });
}
