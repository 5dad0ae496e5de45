import { giveUp, openTabEngine, type TabEngine, type TabOptions } from "@pipit/browser";
import { openIdbBytes } from "@pipit/browser/idb-bytes";
import { openIdbStore, STORE_MIGRATIONS } from "@pipit/browser/idb-store";

/** Workers made by this page, newest last, so that a test can end one. */
const workers: Worker[] = [];
const makers = new Map<string, () => Worker>();

function maker(script: string): () => Worker {
  const known = makers.get(script);
  if (known) return known;
  const make = () => {
    const worker = new Worker(new URL(script, location.href), { type: "module" });
    workers.push(worker);
    return worker;
  };
  makers.set(script, make);
  return make;
}

type Choice = Partial<Omit<TabOptions, "createWorker">> & { readonly worker?: string };

/** Opens an engine in a worker script of the tests; "./bag-worker.ts" unless told. */
function open({ worker = "./bag-worker.ts", ...options }: Choice = {}): Promise<TabEngine> {
  return openTabEngine({ name: "birds", starterUrl: "", ...options, createWorker: maker(worker) });
}

export interface Pipit {
  readonly open: typeof open;
  readonly giveUp: typeof giveUp;
  readonly workers: readonly Worker[];
  readonly openIdbStore: typeof openIdbStore;
  readonly openIdbBytes: typeof openIdbBytes;
  readonly storeMigrations: typeof STORE_MIGRATIONS;
}

declare global {
  interface Window {
    pipit: Pipit;
    /** Where a test keeps what must outlive one `evaluate`. */
    kept: Record<string, unknown>;
  }
}

window.pipit = { open, giveUp, workers, openIdbStore, openIdbBytes, storeMigrations: STORE_MIGRATIONS };
window.kept = {};
