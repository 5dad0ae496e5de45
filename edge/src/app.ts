import { OpenAPIHono } from "@hono/zod-openapi";
import { OWN_PAGES_ONLY } from "./access/access-policy.ts";
import { hostGuard } from "./access/host-guard.ts";
import { keyGuard } from "./access/key-guard.ts";
import { originGuard } from "./access/origin-guard.ts";
import { BodyBudget } from "./body/body-budget.ts";
import { jsonBody } from "./body/json-body.ts";
import { methodGuard } from "./http/method-guard.ts";
import { apiHeaders } from "./http/page-policy.ts";
import { requestId } from "./http/request-id.ts";
import { saneUrl } from "./http/sane-url.ts";
import { errorResponse, invalidRequest, onError, unknownRoute } from "./http-errors.ts";
import { collectionRoutes } from "./routes/collections.ts";
import { embeddingRoutes } from "./routes/embeddings.ts";
import { entryRoutes } from "./routes/entries.ts";
import { healthRoutes } from "./routes/health.ts";
import { searchRoutes } from "./routes/search.ts";
import type { Services } from "./services.ts";

/** The HTTP face of Pipit, with no platform in it: the Node and the Cloudflare door hand in their services. */
export function createApp(services: Services): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => (result.success ? undefined : invalidRequest(c, result.error.issues)),
  });
  app.onError(onError);
  guards(app, services);
  healthRoutes(app, services);
  embeddingRoutes(app, services);
  collectionRoutes(app, services);
  entryRoutes(app, services);
  searchRoutes(app, services);
  describe(app, services);
  app.notFound((c) => errorResponse(c, unknownRoute(c.req), 404));
  return app;
}

function describe(app: OpenAPIHono, { version, access = OWN_PAGES_ONLY }: Services): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "key", {
    type: "http",
    scheme: "bearer",
    description: "The key that the server was started with.",
  });
  const key = { key: [] };
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Pipit", version, description: "Search by meaning." },
    security: access.key === "unneeded" ? [{}, key] : [key],
  });
}

/** What a request passes before its route, the cheapest first; the body is read when all else is in order. */
function guards(app: OpenAPIHono, { access = OWN_PAGES_ONLY }: Services): void {
  app.use("*", requestId, apiHeaders, saneUrl, hostGuard(access), originGuard(access));
  app.use("/v1/*", keyGuard(access));
  app.use("*", methodGuard(app));
  app.use("/v1/*", jsonBody(new BodyBudget()));
}
