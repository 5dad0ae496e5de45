import type { AccessOptions } from "./access-options.ts";
import { type KeyDigest, keyDigest } from "./key-digest.ts";

/** The rules of access that the guards apply. */
export interface AccessPolicy {
  /** "unneeded" on loopback, where every caller is on this machine. "missing" refuses all calls that need a key. */
  readonly key: KeyDigest | "unneeded" | "missing";
  readonly origins: ReadonlySet<string>;
  /** Undefined where the platform routes by host name, so that a request cannot have another one. */
  readonly hosts: ReadonlySet<string> | undefined;
  isPublicSearch(method: string, path: string): boolean;
}

const SEARCH = /^\/v1\/collections\/([^/]+)\/search$/;

/** `without` is this platform's `key` policy for a server without a key. */
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

/** The default policy: no key, no other origins, any host. */
export const OWN_PAGES_ONLY: AccessPolicy = {
  key: "unneeded",
  origins: new Set(),
  hosts: undefined,
  isPublicSearch: () => false,
};
