import type { SearchEngine, Space, Turns } from "@pipit/core";
import type { AccessPolicy } from "./access/access-policy.ts";
import type { ModelStates } from "./model-states.ts";

export interface CollectionInfo {
  readonly name: string;
  readonly entries: number;
  readonly space: Space;
  /** Seconds since 1970. */
  readonly created: number;
}

/** A collection that is not caught up with its store. The numbers are sequence numbers of the store. */
export interface Unready {
  readonly name: string;
  readonly done: number;
  readonly total: number;
}

/** Collections by name. `open` fails with `unknown-collection`; nothing is created implicitly. */
export interface CollectionRegistry {
  /** Resolves to true if it was created, to false if it existed. */
  create(name: string): Promise<boolean>;
  info(name: string): Promise<CollectionInfo>;
  list(): Promise<CollectionInfo[]>;
  /** The engine is shared between callers and stays open: do not close it. */
  open(name: string): Promise<SearchEngine>;
  /** Collections that are being opened or catch up with their store. Empty if collections are opened on demand. */
  unready(): Promise<readonly Unready[]>;
  /** False if all writes are refused because the database was moved or deleted. */
  takesWrites(): boolean;
}

/** The services that the app needs from its platform. */
export interface Services {
  readonly version: string;
  /** For example "node 24.21.0" or "workers". */
  readonly runtime: string;
  readonly collections: CollectionRegistry;
  readonly models: ModelStates;
  /** Default: no key is needed, and pages of other origins have no access. */
  readonly access?: AccessPolicy | undefined;
  /** Answers with many hits are made one after another, so that other requests do not wait for all of them. Default: all at once. */
  readonly longAnswers?: Turns | undefined;
  /** Memory of the process, if it can be measured. */
  readonly memoryBytes?: (() => number | undefined) | undefined;
}
