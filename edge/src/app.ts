import { OpenAPIHono } from "@hono/zod-openapi";
import { PipitError } from "@pipit/core";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { errorResponse, invalidRequest, onError } from "./http-errors.ts";
import { HTTP_LIMITS } from "./limits.ts";
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
  // The widget asks from any origin; there are no cookies, so that nothing is given away by it.
  app.use("*", cors({ origin: "*", exposeHeaders: ["Server-Timing"], maxAge: 86_400 }));
  app.use(
    "/v1/*",
    bodyLimit({ maxSize: HTTP_LIMITS.bodyBytes, onError: (c) => errorResponse(c, bodyTooLarge(), 413) }),
  );
  healthRoutes(app, services);
  embeddingRoutes(app, services);
  collectionRoutes(app, services);
  entryRoutes(app, services);
  searchRoutes(app, services);
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Pipit", version: services.version, description: "Search by meaning." },
  });
  for (const path of ["/v1/*", "/health/*", "/ready/*"])
    app.all(path, (c) => errorResponse(c, unknownRoute(c.req), 404));
  app.notFound((c) => errorResponse(c, unknownRoute(c.req), 404));
  return app;
}

function bodyTooLarge(): PipitError {
  return new PipitError("bad-input", {
    got: "a body that is too large",
    expected: `at most ${HTTP_LIMITS.bodyBytes} bytes`,
    do: "Send the entries in several calls.",
  });
}

function unknownRoute({ method, path }: { method: string; path: string }): PipitError {
  return new PipitError("bad-input", {
    got: `${method} ${path}`,
    expected: "a route of this server",
    do: "See /openapi.json for those there are.",
  });
}
