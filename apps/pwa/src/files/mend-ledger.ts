import type { SearchEngine } from "@pipit/core";
import { isFirstPart } from "./first-part.ts";
import { entryIds, type Ledger, type LedgerRecord } from "./ledger.ts";

type MendedEngine = Pick<SearchEngine, "remove" | "search">;

/**
 * Removes what is left of earlier versions of files whose second reading ended with its page. A file of whose new version nothing is
 * stored is the earlier one again. Must not run while files are read. Returns whether there were any.
 */
export async function mendLedger(engine: MendedEngine, ledger: Ledger): Promise<boolean> {
  const torn = (await ledger.list()).filter(({ replacing }) => replacing);
  for (const record of torn) await mend(record, engine, ledger);
  return torn.length > 0;
}

async function mend(record: LedgerRecord, engine: MendedEngine, ledger: Ledger): Promise<void> {
  const { replacing, ...begun } = record;
  if (!replacing) return;
  const { former, first } = replacing;
  const isBegun = replacing.stored === 0 && first !== undefined && (await isFirstPart(engine, record.path, first));
  // How many more are stored is not known.
  const stored = isBegun ? 1 : replacing.stored;
  const settled = stored === 0 ? former : { ...begun, parts: stored };
  const stale = entryIds(begun).slice(settled.parts);
  if (stale.length > 0) await engine.remove(stale);
  // The earlier version may have been left so too.
  if (await ledger.replace(settled)) await mend(settled, engine, ledger);
}
