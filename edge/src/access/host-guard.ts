import type { MiddlewareHandler } from "hono";
import { Refusal } from "../refusal.ts";
import type { AccessPolicy } from "./access-policy.ts";
import { isLoopback } from "./loopback.ts";

const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/**
 * Refuses requests for a name that is not the server's. A page may point its own name at this machine (DNS rebinding), and its
 * requests would then count as the server's own; an address in place of a name cannot be pointed anywhere.
 */
export function hostGuard({ hosts }: AccessPolicy): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header("host");
    if (hosts && host !== undefined && !isOwn(hostName(host), hosts)) throw misdirected(host);
    await next();
  };
}

function isOwn(name: string, hosts: ReadonlySet<string>): boolean {
  return isLoopback(name) || IP_ADDRESS.test(name) || hosts.has(name);
}

function hostName(host: string): string {
  return host.replace(/:\d*$/, "").replace(/\.$/, "").toLowerCase();
}

function misdirected(host: string): Refusal {
  return new Refusal(421, {
    code: "not-allowed",
    got: `a request for the host ${host}`,
    expected: "a name of this server",
    do: "Ask by its address, or list the name in PIPIT_HOSTS where the server starts.",
  });
}
