import type { AccessOptions } from "./access-options.ts";
import { type KeyDigest, keyDigest } from "./key-digest.ts";

/** Who may ask, as the guards read it. */
export interface AccessPolicy {
  /** "unneeded" on loopback, where every caller is this machine's; "missing" refuses what would need one. */
  readonly key: KeyDigest | "unneeded" | "missing";
  readonly origins: ReadonlySet<string>;
  /** Undefined where somebody else routes by name already, and a request cannot bring a name of its own. */
  readonly hosts: ReadonlySet<string> | undefined;
  isPublicSearch(method: string, path: string): boolean;
}

const SEARCH = /^\/v1\/collections\/([^/]+)\/search$/;

/** `without` says what no key means at this door. */
export async function accessPolicy(options: AccessOptions, without: "unneeded" | "missing"): Promise<AccessPolicy> {
  const { key, origins = [], hosts, publicSearch = [] } = options;
  const searched = new Set(publicSearch);
  return {
    key: key === undefined ? without : await keyDigest(key),
    origins: new Set(origins),
    hosts: hosts && new Set(hosts),
    isPublicSearch(method, path) {
      const name = method === "POST" ? SEARCH.exec(path)?.[1] : undefined;
      return name !== undefined && (searched.has("*") || searched.has(name));
    },
  };
}

/** What holds where nobody says otherwise: no key, no other origins, any host. */
export const OWN_PAGES_ONLY: AccessPolicy = {
  key: "unneeded",
  origins: new Set(),
  hosts: undefined,
  isPublicSearch: () => false,
};
