import { arch, availableParallelism, cpus } from "node:os";
import type { ByteStore } from "@pipit/core";
import type { ModelRuntime } from "./model-runtime.ts";

/** The runtime that was faster on this machine, and the figures. */
export interface Verdict {
  readonly runtime: ModelRuntime;
  readonly why: string;
}

const KEY = "minilm-runtime";

/** Undefined if nothing was measured yet with this machine and this version of Node. */
export async function readVerdict(kept: ByteStore): Promise<Verdict | undefined> {
  const [bytes] = await kept.getMany([KEY]);
  if (!bytes) return undefined;
  try {
    const { machine, runtime, why } = JSON.parse(new TextDecoder().decode(bytes));
    const known = machine === thisMachine() && (runtime === "native" || runtime === "kernel");
    return known && typeof why === "string" ? { runtime, why } : undefined;
  } catch {
    // Verdicts are written atomically, so these bytes are something else. Measuring again replaces them.
    return undefined;
  }
}

export async function writeVerdict(kept: ByteStore, verdict: Verdict): Promise<void> {
  const text = JSON.stringify({ machine: thisMachine(), ...verdict });
  // After a failure, for example on a full disk, the next start measures again.
  await kept.putMany([[KEY, new TextEncoder().encode(text)]]).catch(() => undefined);
}

function thisMachine(): string {
  return `${cpus()[0]?.model ?? "unknown"} x ${availableParallelism()}, ${arch()}, node ${process.versions.node}`;
}
