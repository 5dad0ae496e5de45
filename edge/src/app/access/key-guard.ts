import type { Context, MiddlewareHandler } from "hono";
import { Refusal } from "../refusal.ts";
import type { AccessPolicy } from "./access-policy.ts";
import { isKey } from "./key-digest.ts";

/** Paths that are open without a key: /health lists the models too. */
const OPEN_TO_READ = new Set(["/v1/models"]);

/** Requires the key of every call, except public searches and paths that are open to read. */
export function keyGuard(policy: AccessPolicy): MiddlewareHandler {
  return async (c, next) => {
    const { method, path } = c.req;
    const open = policy.isPublicSearch(method, path) || (OPEN_TO_READ.has(path) && /^(?:GET|HEAD)$/.test(method));
    if (policy.key !== "unneeded" && !open) await assertKey(c, policy.key);
    await next();
  };
}

async function assertKey(c: Context, key: Uint8Array | "missing"): Promise<void> {
  if (key === "missing") throw noKey();
  const given = /^Bearer +(\S+)\s*$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (given === undefined || !(await isKey(given, key))) throw wrongKey(given);
}

function wrongKey(given: string | undefined): Refusal {
  return new Refusal(401, {
    code: "not-allowed",
    got: given === undefined ? "a request without a key" : "a wrong key",
    expected: "the key that the server was started with",
    do: "Send the header `Authorization: Bearer KEY`.",
    headers: { "WWW-Authenticate": 'Bearer realm="pipit"' },
  });
}

function noKey(): Refusal {
  return new Refusal(403, {
    code: "not-allowed",
    got: "a request to a server that anyone can reach and that has no key",
    expected: "a server with a key",
    do: "Set PIPIT_KEY where the server is deployed (`wrangler secret put PIPIT_KEY`), then send it as `Authorization: Bearer KEY`.",
  });
}
