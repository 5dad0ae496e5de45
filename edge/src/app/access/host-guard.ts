import type { Context, MiddlewareHandler } from "hono";
import { Refusal } from "../refusal.ts";
import type { AccessPolicy } from "./access-policy.ts";
import { isLoopback } from "./loopback.ts";

const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/**
 * Refuses requests for a host name that is not the server's. A site may point its own name at this machine (DNS rebinding), and its
 * requests would then count as same-origin. Requests by IP address cannot be redirected in this way.
 */
export function hostGuard({ hosts }: AccessPolicy): MiddlewareHandler {
  return async (c, next) => {
    const foreign = hosts && namedHosts(c).find((host) => !isOwn(hostName(host), hosts));
    if (foreign !== undefined) throw misdirected(foreign);
    await next();
  };
}

/** The hosts of a request: that of the header, and that of the target, which differs if the target is a whole URL. */
function namedHosts(c: Context): string[] {
  const header = c.req.header("host");
  const target = new URL(c.req.url).host;
  return header === undefined ? [target] : [header, target];
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
