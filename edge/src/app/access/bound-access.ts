import { PipitError } from "@pipit/core";
import type { AccessOptions } from "./access-options.ts";
import { type AccessPolicy, accessPolicy } from "./access-policy.ts";
import { isLoopback } from "./loopback.ts";
import { written } from "./setting-names.ts";

/**
 * The policy of a server bound to `host`; `name` is the setting's name in messages. Throws `bad-input` if other machines could call
 * it without a key.
 */
export function boundAccess(host: string, options: AccessOptions = {}, name = "HOST"): Promise<AccessPolicy> {
  if (options.key === undefined && !isLoopback(host)) throw unguarded(host, name);
  const hosts = [host.toLowerCase(), ...(options.hosts ?? [])];
  return accessPolicy({ ...options, hosts }, "unneeded");
}

function unguarded(host: string, name: string): PipitError {
  return new PipitError("bad-input", {
    got: `${written(name, host)}, which other machines can reach, and no PIPIT_KEY`,
    expected: "a key if other machines can reach the server",
    do: `Set PIPIT_KEY to a secret (\`openssl rand -hex 32\` makes one) and send it as \`Authorization: Bearer KEY\`, or leave ${name} at 127.0.0.1.`,
  });
}
