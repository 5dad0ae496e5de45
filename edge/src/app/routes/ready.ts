import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { readiness } from "../schemas.ts";
import type { Services, Unready } from "../services.ts";
import { failures, json } from "./answers.ts";

const getReady = createRoute({
  method: "get",
  path: "/ready",
  summary: "A model is loaded, every collection answers from all that is stored, and writes are taken",
  security: [],
  responses: { 200: json(readiness, "Ready."), ...failures(), 503: json(readiness, "Not yet, and why.") },
});

export function readyRoute(app: OpenAPIHono, { models, collections }: Services): void {
  app.openapi(getReady, async (c) => {
    const unready = await collections.unready();
    const takesWrites = collections.takesWrites();
    const ready = models.isReady() && unready.length === 0 && takesWrites;
    const why = [models.summary(), ...told(unready), ...(takesWrites ? [] : [DISPLACED])].join("; ");
    return c.json({ ready, why }, ready ? 200 : 503);
  });
}

const DISPLACED = "writes are refused, because the database file was deleted, moved or replaced";

/**
 * The collections' part of the reason for a 503. Searches are partial meanwhile, so that a load balancer should choose another server.
 * The route needs no key, so the reason names no collection.
 */
function told(unready: readonly Unready[]): string[] {
  if (unready.length === 0) return [];
  const share = unready.reduce((sum, { done, total }) => sum + (total > 0 ? done / total : 0), 0) / unready.length;
  const percent = Math.floor(100 * share);
  const collections = unready.length === 1 ? "1 collection is" : `${unready.length} collections are`;
  return [`${collections} being opened, ${percent} % of what is stored taken in`];
}
