import type { Hono, MiddlewareHandler } from "hono";
import { unknownRoute } from "../http-errors.ts";
import { Refusal } from "../refusal.ts";

interface KnownPath {
  readonly parts: readonly string[];
  readonly methods: Set<string>;
}

/**
 * Answers OPTIONS on every path of the API, and 405 with `Allow` if the path has other methods. The paths are read from the app at the
 * first request, when all routes are registered.
 */
export function methodGuard(app: Pick<Hono, "routes">): MiddlewareHandler {
  let known: KnownPath[] | undefined;
  return async (c, next) => {
    known ??= knownPaths(app.routes);
    const found = mostConcrete(known.filter(({ parts }) => matches(parts, c.req.path.split("/"))));
    if (!found) {
      // Answered before the body is read.
      if (c.req.path.startsWith("/v1/")) throw unknownRoute(c.req);
      return next();
    }
    const allow = allowText(found.methods);
    if (c.req.method === "OPTIONS") return c.body(null, 204, { Allow: allow });
    if (!found.methods.has(c.req.method)) throw notAllowed(c.req.method, allow);
    await next();
  };
}

function knownPaths(routes: Hono["routes"]): KnownPath[] {
  const paths = new Map<string, KnownPath>();
  for (const { path, method } of routes) {
    // Guards and files.
    if (method === "ALL") continue;
    const known = paths.get(path) ?? { parts: path.split("/"), methods: new Set() };
    known.methods.add(method);
    if (method === "GET") known.methods.add("HEAD");
    paths.set(path, known);
  }
  return [...paths.values()];
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.length !== path.length) return false;
  return pattern.every((part, i) => (part.startsWith(":") ? path[i] !== "" : part === path[i]));
}

/** As in OpenAPI, a concrete path comes before a template: `/entries/remove` is not the entry with the id "remove". */
function mostConcrete(paths: readonly KnownPath[]): KnownPath | undefined {
  const parameters = ({ parts }: KnownPath) => parts.filter((part) => part.startsWith(":")).length;
  return paths.toSorted((a, b) => parameters(a) - parameters(b))[0];
}

function allowText(methods: ReadonlySet<string>): string {
  return [...methods, "OPTIONS"].join(", ");
}

export function notAllowed(method: string, allow: string): Refusal {
  return new Refusal(405, {
    got: `the method ${method}`,
    expected: allow,
    do: "See /openapi.json for what each path answers.",
    headers: { Allow: allow },
  });
}
