import { giveUp } from "@pipit/browser";
import { openIdbBytes } from "@pipit/browser/idb-bytes";
import { openIdbStore, STORE_MIGRATIONS } from "@pipit/browser/idb-store";
import type { Space } from "@pipit/core";
import { BAG_SPACE } from "../../../fixtures/bag-embedder.ts";
import { drive, open, workers } from "./drive.ts";
import { driveStore } from "./drive-store.ts";

export interface Pipit {
  readonly open: typeof open;
  readonly giveUp: typeof giveUp;
  readonly workers: readonly Worker[];
  readonly driveStore: typeof driveStore;
  readonly openIdbStore: typeof openIdbStore;
  readonly openIdbBytes: typeof openIdbBytes;
  readonly storeMigrations: typeof STORE_MIGRATIONS;
  readonly space: Space;
}

declare global {
  interface Window {
    pipit: Pipit;
    /** Values that a test keeps between calls of `evaluate`. */
    kept: Record<string, unknown>;
  }
}

window.drive = drive;
window.pipit = {
  open,
  giveUp,
  workers,
  driveStore,
  openIdbStore,
  openIdbBytes,
  storeMigrations: STORE_MIGRATIONS,
  space: BAG_SPACE,
};
window.kept = {};
