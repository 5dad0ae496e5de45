import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { health, readiness } from "../schemas.ts";
import type { Services } from "../services.ts";
import { failures, json } from "./answers.ts";

const getHealth = createRoute({
  method: "get",
  path: "/health",
  summary: "The process is alive",
  security: [],
  responses: { 200: json(health, "Alive."), ...failures() },
});

const getReady = createRoute({
  method: "get",
  path: "/ready",
  summary: "A model is loaded and requests will be answered",
  security: [],
  responses: { 200: json(readiness, "Ready."), ...failures(), 503: json(readiness, "Not yet, and why.") },
});

export function healthRoutes(app: OpenAPIHono, { models, version, runtime, memoryBytes }: Services): void {
  const started = Date.now();

  app.openapi(getHealth, (c) => {
    const uptimeSeconds = Math.round((Date.now() - started) / 1000);
    const states = Object.fromEntries(models.all().map(([name, { state }]) => [name, state]));
    return c.json({ status: "ok", version, runtime, uptimeSeconds, memoryBytes: memoryBytes?.(), models: states }, 200);
  });

  app.openapi(getReady, (c) => {
    const ready = models.isReady();
    return c.json({ ready, why: models.summary() }, ready ? 200 : 503);
  });
}
