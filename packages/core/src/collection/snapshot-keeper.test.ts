import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryBytes } from "../cache/memory-bytes.ts";
import { PipitError } from "../errors.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import { Turn } from "../turns/turn.ts";
import type { DerivedState } from "./derived-state.ts";
import type { SnapshotSource } from "./snapshot.ts";
import { SnapshotKeeper } from "./snapshot-keeper.ts";

const QUIET_MS = 500;
const SOURCE: SnapshotSource = { sequence: 1, space: "s", storeCreatedAt: 0, sections: new Map() };
const derived = { directory: { entries: 100 } } as DerivedState;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function openKeeper() {
  const kept = { begun: 0, ended: 0 };
  const keepAlive = () => {
    kept.begun++;
    return () => void kept.ended++;
  };
  const snapshots = createMemoryBytes({ maxBytes: 1_000 });
  const keeper = new SnapshotKeeper({ snapshots, quietMs: QUIET_MS, keepAlive });
  const save = vi.fn(async () => undefined);
  const write = (changes: number) => {
    keeper.noteChanges(changes);
    keeper.whenDue(derived, save);
  };
  return { keeper, save, write, kept };
}

describe("without room for the next snapshot", () => {
  const turn = new Turn();
  const full = new PipitError("storage-full", { got: "a full quota", expected: "room", do: "Free some." });
  const source = { ...derived, snapshotSource: async () => SOURCE } as unknown as DerivedState;

  function openFull(error: PipitError) {
    const calls: string[] = [];
    const snapshots: ByteStore = {
      ...createMemoryBytes({ maxBytes: 1_000 }),
      putPieces: async () => {
        calls.push("put");
        if (!calls.includes("delete")) throw error;
      },
      deleteMany: async () => void calls.push("delete"),
    };
    const onSnapshotError = vi.fn();
    const keeper = new SnapshotKeeper({ snapshots, onSnapshotError });
    keeper.noteChanges(50);
    return { keeper, calls, onSnapshotError };
  }

  test("the former snapshot makes room for the new one", async () => {
    const { keeper, calls, onSnapshotError } = openFull(full);
    await keeper.save(source, turn);
    expect(calls).toEqual(["put", "delete", "put"]);
    expect(onSnapshotError).not.toHaveBeenCalled();
  });

  test("and after another failure it stays", async () => {
    const broken = new PipitError("storage-failed", { got: "a broken disk", expected: "a disk", do: "Replace it." });
    const { keeper, calls, onSnapshotError } = openFull(broken);
    await keeper.save(source, turn);
    expect(calls).toEqual(["put"]);
    expect(onSnapshotError).toHaveBeenCalledExactlyOnceWith(broken);
  });
});

describe("a snapshot that is due", () => {
  test("is saved once, when writes pause, and work is under way until then", async () => {
    const { save, write, kept } = openKeeper();
    write(5);
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    write(1);
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    expect([save.mock.calls.length, kept.begun - kept.ended]).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect([save.mock.calls.length, kept.begun - kept.ended]).toEqual([1, 0]);
  });

  test("of few changes is saved where an opening replayed them, and otherwise not", async () => {
    const { keeper, save, write } = openKeeper();
    write(1);
    await vi.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect(save).not.toHaveBeenCalled();
    keeper.whenDueAfterOpening(derived, save);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(save).toHaveBeenCalledOnce();
  });

  test("is not put off where many changes wait", async () => {
    const { save, write } = openKeeper();
    for (let i = 0; i < 4; i++) {
      write(20);
      await vi.advanceTimersByTimeAsync(QUIET_MS / 3);
    }
    expect(save).toHaveBeenCalledOnce();
  });

  test("is saved once where a timer of another request cannot be cleared", async () => {
    const { save, write } = openKeeper();
    vi.stubGlobal("clearTimeout", () => undefined);
    write(5);
    write(1);
    await vi.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect(save).toHaveBeenCalledOnce();
  });

  test("is planned anew where its timer ended with its request, however many changes wait", async () => {
    const { save, write } = openKeeper();
    vi.stubGlobal("setTimeout", () => 0);
    write(50);
    vi.unstubAllGlobals();
    await vi.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect(save).not.toHaveBeenCalled();
    write(1);
    await vi.advanceTimersByTimeAsync(QUIET_MS);
    expect(save).toHaveBeenCalledOnce();
  });

  test("is not saved after the end", async () => {
    const { keeper, save, write, kept } = openKeeper();
    write(5);
    keeper.stop();
    await vi.advanceTimersByTimeAsync(2 * QUIET_MS);
    expect([save.mock.calls.length, kept.begun - kept.ended]).toEqual([0, 0]);
  });
});
