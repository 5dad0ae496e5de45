import type { Context, MiddlewareHandler } from "hono";
import { Refusal } from "../refusal.ts";
import type { AccessPolicy } from "./access-policy.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const EXPOSED = "Server-Timing, X-Request-Id, Retry-After";
const PREFLIGHT = {
  "Access-Control-Allow-Methods": "GET, HEAD, POST, PATCH, DELETE",
  "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Request-Id",
  "Access-Control-Max-Age": "7200",
};

/**
 * Allows listed origins, and public searches from any origin. From all other origins only GET, HEAD and OPTIONS pass, and pages
 * cannot read the answers. Searches and embeddings are refused too: they change nothing, but cost work. The check does not rely on
 * a preflight, because browsers send forms and text/plain requests without one.
 */
export function originGuard(policy: AccessPolicy): MiddlewareHandler {
  return async (c, next) => {
    const allowed = allowedOrigin(c, policy);
    const isAsking = isPreflight(c) && allowed !== "own";
    // Caches must not give one origin's answer to another.
    if (allowed === "refused" || isAsking) c.header("Vary", "Origin");
    if (allowed === "refused") throw refusedOrigin(c);
    if (isAsking) return preflight(c, allowed);
    await next();
    c.res.headers.append("Vary", "Origin");
    if (allowed === "own") return;
    c.res.headers.set("Access-Control-Allow-Origin", allowed);
    c.res.headers.set("Access-Control-Expose-Headers", EXPOSED);
  };
}

function allowedOrigin(c: Context, policy: AccessPolicy): string {
  const origin = c.req.header("origin");
  if (policy.isPublicSearch(preflightFor(c) ?? c.req.method, c.req.path)) return "*";
  if (origin !== undefined && policy.origins.has(origin)) return origin;
  if (isOwnPage(c, origin) || (SAFE.has(c.req.method) && !isPreflight(c))) return "own";
  return "refused";
}

/** True for callers other than browsers, and for a page of this server. The scheme is not compared, because a proxy may end TLS. */
function isOwnPage(c: Context, origin: string | undefined): boolean {
  if (origin === undefined) return !/^(?:cross|same)-site$/.test(c.req.header("sec-fetch-site") ?? "");
  const host = c.req.header("host") ?? new URL(c.req.url).host;
  return URL.canParse(origin) && new URL(origin).host === hostWithoutDefaultPort(host, origin);
}

function hostWithoutDefaultPort(host: string, origin: string): string {
  const scheme = origin.slice(0, origin.indexOf(":"));
  const url = `${scheme}://${host}`;
  return URL.canParse(url) ? new URL(url).host : host;
}

function isPreflight(c: Context): boolean {
  return preflightFor(c) !== undefined;
}

/** The method that a preflight asks for; undefined for other requests. */
function preflightFor(c: Context): string | undefined {
  return c.req.method === "OPTIONS" ? c.req.header("access-control-request-method") : undefined;
}

function preflight(c: Context, origin: string): Response {
  // Browsers send this header for a page on the public web that requests something in a local network.
  const local = c.req.header("access-control-request-private-network") === "true";
  const headers = local ? { "Access-Control-Allow-Private-Network": "true" } : {};
  return c.body(null, 204, { ...PREFLIGHT, ...headers, "Access-Control-Allow-Origin": origin });
}

function refusedOrigin(c: Context): Refusal {
  const site = c.req.header("origin") ?? "another site";
  return new Refusal(403, {
    code: "not-allowed",
    got: `${c.req.method} from a page of ${site}`,
    expected: "a page of this server, or of an origin that it lists",
    do: "List the origin in PIPIT_ORIGINS, or a collection that everyone may search in PIPIT_PUBLIC_SEARCH.",
  });
}
