import type { OpenAPIHono } from "@hono/zod-openapi";
import { isPipitError } from "@pipit/core";
import type { Handler } from "hono";
import type { AccessPolicy } from "../../app/access/access-policy.ts";
import { type HealthFacts, healthRoute } from "../../app/routes/health.ts";
import { createGuarded } from "../../app.ts";
import type { ApiHost } from "../host/api-host.ts";
import { forward } from "./forward.ts";
import { roomFor } from "./room-for.ts";

export interface DoorParts extends Omit<HealthFacts, "models"> {
  readonly host: ApiHost;
  readonly access: AccessPolicy;
  /** Milliseconds without a byte of a body after which the request ends with a 408. */
  readonly bodyIdleMs?: number | undefined;
}

/** The guards, and behind them the routes of a host. `/health` is answered here, so that it never waits for the host. */
export function createDoor({ host, access, bodyIdleMs, ...facts }: DoorParts): OpenAPIHono {
  const app = createGuarded(access, bodyIdleMs);
  // The first registered route of a path answers; the host's own route is registered after this one.
  healthRoute(app, { ...facts, models: { all: () => host.models.states } });
  const rooms = roomFor();
  for (const route of host.routes) {
    const { method, path } = route;
    const handler = forward(host, rooms, route);
    app.on(method, path, path === "/ready" ? unlessDead(handler) : handler);
  }
  return app;
}

/** Answers a 503 of `/ready` while the API thread is being restarted. */
function unlessDead(ready: Handler): Handler {
  return async (c, next) => {
    try {
      return await ready(c, next);
    } catch (error) {
      if (!isPipitError(error, "worker-died")) throw error;
      return c.json({ ready: false, why: "the thread that answers is being started again" }, 503);
    }
  };
}
