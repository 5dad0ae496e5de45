import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { readiness } from "../schemas.ts";
import type { Services, Unready } from "../services.ts";
import { failures, json } from "./answers.ts";

const getReady = createRoute({
  method: "get",
  path: "/ready",
  summary: "A model is loaded, and every collection answers from all that is stored",
  security: [],
  responses: { 200: json(readiness, "Ready."), ...failures(), 503: json(readiness, "Not yet, and why.") },
});

export function readyRoute(app: OpenAPIHono, { models, collections }: Services): void {
  app.openapi(getReady, async (c) => {
    const unready = await collections.unready();
    const ready = models.isReady() && unready.length === 0;
    const why = [models.summary(), ...unready.map(told)].join("; ");
    return c.json({ ready, why }, ready ? 200 : 503);
  });
}

/** The reason for a 503. Searches are partial meanwhile, so that a load balancer should choose another server. */
function told({ name, done, total }: Unready): string {
  return total > 0 ? `${name} has taken in ${done} of ${total} changes` : `${name} is being opened`;
}
