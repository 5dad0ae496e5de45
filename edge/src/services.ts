import type { SearchEngine, Space } from "@pipit/core";
import type { AccessPolicy } from "./access/access-policy.ts";
import type { Lineup } from "./lineup.ts";

export interface CollectionInfo {
  readonly name: string;
  readonly entries: number;
  readonly space: Space;
  /** Seconds since 1970. */
  readonly created: number;
}

/** A collection that does not answer from all that is stored yet. Numbers are of the store's changes. */
export interface Unready {
  readonly name: string;
  readonly done: number;
  readonly total: number;
}

/** Collections by name. `open` fails with `unknown-collection`; nothing is created implicitly. */
export interface CollectionRegistry {
  /** Resolves to true when it was created, false when it was there already. */
  create(name: string): Promise<boolean>;
  info(name: string): Promise<CollectionInfo>;
  list(): Promise<CollectionInfo[]>;
  /** The engine is shared between callers and stays open: do not close it. */
  open(name: string): Promise<SearchEngine>;
  /** Those that are being opened or catch up with what is stored; none where collections are opened when they are asked. */
  unready(): Promise<readonly Unready[]>;
}

/** All the app needs of its platform. */
export interface Services {
  readonly version: string;
  /** For example "node 24.21.0" or "workers". */
  readonly runtime: string;
  readonly collections: CollectionRegistry;
  readonly models: Lineup;
  /** Unless told, no key is asked for, and pages of other origins may not ask. */
  readonly access?: AccessPolicy | undefined;
  /** Bytes held by the process, where they can be known. */
  readonly memoryBytes?: (() => number | undefined) | undefined;
}
