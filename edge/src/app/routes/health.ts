import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { health } from "../schemas.ts";
import type { Services } from "../services.ts";
import { failures, json } from "./answers.ts";

const getHealth = createRoute({
  method: "get",
  path: "/health",
  summary: "The process is alive",
  security: [],
  responses: { 200: json(health, "Alive."), ...failures() },
});

export interface HealthFacts extends Pick<Services, "version" | "runtime" | "memoryBytes"> {
  readonly models: { all(): readonly (readonly [name: string, model: { readonly state: string }])[] };
}

export function healthRoute(app: OpenAPIHono, { models, version, runtime, memoryBytes }: HealthFacts): void {
  const started = Date.now();
  app.openapi(getHealth, (c) => {
    const uptimeSeconds = Math.round((Date.now() - started) / 1000);
    const states = Object.fromEntries(models.all().map(([name, { state }]) => [name, state]));
    return c.json({ status: "ok", version, runtime, uptimeSeconds, memoryBytes: memoryBytes?.(), models: states }, 200);
  });
}
