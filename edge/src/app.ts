import { OpenAPIHono } from "@hono/zod-openapi";
import { type AccessPolicy, OWN_PAGES_ONLY } from "./app/access/access-policy.ts";
import { hostGuard } from "./app/access/host-guard.ts";
import { keyGuard } from "./app/access/key-guard.ts";
import { originGuard } from "./app/access/origin-guard.ts";
import { BodyBudget } from "./app/body/body-budget.ts";
import { jsonBody } from "./app/body/json-body.ts";
import { parsedBody } from "./app/body/parsed-body.ts";
import { methodGuard } from "./app/http/method-guard.ts";
import { apiHeaders } from "./app/http/page-policy.ts";
import { requestId } from "./app/http/request-id.ts";
import { saneUrl } from "./app/http/sane-url.ts";
import { errorResponse, invalidRequest, onError, unknownRoute } from "./app/http-errors.ts";
import { collectionRoutes } from "./app/routes/collections.ts";
import { embeddingRoutes } from "./app/routes/embeddings.ts";
import { entryRoutes } from "./app/routes/entries.ts";
import { entryRoute } from "./app/routes/entry.ts";
import { healthRoute } from "./app/routes/health.ts";
import { readyRoute } from "./app/routes/ready.ts";
import { searchRoutes } from "./app/routes/search.ts";
import type { Services } from "./app/services.ts";

/** Guards and routes in one thread, without platform code: the caller passes the services. */
export function createApp(services: Services): OpenAPIHono {
  const app = createGuarded(services.access);
  app.use("/v1/*", parsedBody);
  routes(app, services);
  describe(app, services, services.access?.key ?? "unneeded");
  return app;
}

/** An app with the guards only; routes are added after. The cheapest checks come first. */
export function createGuarded(access: AccessPolicy = OWN_PAGES_ONLY, bodyIdleMs?: number): OpenAPIHono {
  const app = createBare();
  app.use("*", requestId, apiHeaders, saneUrl, hostGuard(access), originGuard(access));
  app.use("/v1/*", keyGuard(access));
  app.use("*", methodGuard(app));
  // The body is read last.
  app.use("/v1/*", jsonBody(new BodyBudget(), bodyIdleMs));
  return app;
}

/** An app with the routes only, for requests that passed the guards in another thread. `env.body` holds the bytes of the body. */
export function createApi(services: Services, key: AccessPolicy["key"]): OpenAPIHono {
  const app = createBare();
  app.use("*", requestId);
  app.use("/v1/*", parsedBody);
  routes(app, services);
  describe(app, services, key);
  return app;
}

function createBare(): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => (result.success ? undefined : invalidRequest(c, result.error.issues)),
  });
  app.onError(onError);
  app.notFound((c) => errorResponse(c, unknownRoute(c.req), 404));
  return app;
}

function routes(app: OpenAPIHono, services: Services): void {
  healthRoute(app, services);
  readyRoute(app, services);
  embeddingRoutes(app, services);
  collectionRoutes(app, services);
  entryRoutes(app, services);
  entryRoute(app, services);
  searchRoutes(app, services);
}

function describe(app: OpenAPIHono, { version }: Services, needed: AccessPolicy["key"]): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description: "The key that the server was started with.",
  });
  const key = { key: [] };
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Pipit", version, description: "Search by meaning." },
    security: needed === "unneeded" ? [{}, key] : [key],
  });
}
