import type { TabEngine } from "../engine.ts";
import { isFirstPart } from "./first-part.ts";
import { entryIds, type Ledger, type LedgerRecord } from "./ledger.ts";

type MendedEngine = Pick<TabEngine, "remove" | "entriesOf">;

/**
 * Repairs files that were being read again when their page was closed: stored entries of the earlier version are removed, and if none of
 * the new version is stored, the earlier record becomes valid again. Must not run while files are read. Returns whether it repaired any.
 */
export async function mendLedger(engine: MendedEngine, ledger: Ledger): Promise<boolean> {
  const interrupted = (await ledger.list()).filter(({ replacing }) => replacing);
  for (const record of interrupted) await mend(record, engine, ledger);
  return interrupted.length > 0;
}

async function mend(record: LedgerRecord, engine: MendedEngine, ledger: Ledger): Promise<void> {
  const { replacing, ...begun } = record;
  if (!replacing) return;
  const { former, first } = replacing;
  const isBegun = replacing.stored === 0 && first !== undefined && (await isFirstPart(engine, record.path, first));
  // Its first part is stored. Whether further parts are is unknown: these are removed, and the record is marked as cut.
  const stored = isBegun ? 1 : replacing.stored;
  const settled = stored === 0 ? former : { ...begun, parts: stored };
  const stale = entryIds(begun).slice(settled.parts);
  if (stale.length > 0) await engine.remove(stale);
  // The entries are removed first, so that none is left without a record. `replace` is false if the record is gone. The earlier version
  // may have been interrupted in the same way.
  if (await ledger.replace(settled)) await mend(settled, engine, ledger);
}
