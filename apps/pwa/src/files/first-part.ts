import type { TabEngine } from "../engine.ts";
import { entryId } from "./ledger.ts";

/** True if the first stored part of a file has this text. */
export async function isFirstPart(engine: Pick<TabEngine, "entriesOf">, path: string, text: string): Promise<boolean> {
  const [first] = await engine.entriesOf([entryId(path, 0)]);
  return first?.text === text;
}
