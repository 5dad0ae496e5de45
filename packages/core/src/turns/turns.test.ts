import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Turns } from "./turns.ts";

const never = () => new Promise<never>(() => {});
const pause = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

describe("turns", () => {
  test("come one after another, in the order asked", async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} begins`);
      await pause(1);
      seen.push(`${name} ends`);
    };
    await Promise.all(["a", "b", "c"].map((name) => turns.take(work(name))));
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  test("go on after one that failed, whose caller alone gets the failure", async () => {
    const turns = new Turns();
    const failing = turns.take(async () => {
      throw new Error("no");
    });
    const next = turns.take(async () => "yes");
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });

  test("all that were taken have ended when `ended` resolves", async () => {
    const turns = new Turns();
    let done = false;
    const working = turns.take(async () => {
      await pause(5);
      done = true;
    });
    await turns.ended();
    expect(done).toBe(true);
    await working;
  });

  test("wait without a limit where work is not cut off", async () => {
    const turns = new Turns();
    turns.take(never);
    expect(await Promise.race([turns.take(async () => "begun"), pause(60).then(() => "waits")])).toBe("waits");
  });
});

describe("turns where holders may be cut off", () => {
  test("go on when the holder, or a waiter whose turn came, does nothing any more", async () => {
    const turns = new Turns({ cutOffMs: 20 });
    turns.take(never);
    turns.take(never);
    expect(await turns.take(async () => "mine")).toBe("mine");
    expect(await turns.take(async () => "mine too")).toBe("mine too");
  });

  test("come to a waiter although others, and the thread itself, are busy", async () => {
    const turns = new Turns({ cutOffMs: 400 });
    const seen: number[] = [];
    const busy = async () => {
      const until = performance.now() + 20;
      while (performance.now() < until);
    };
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        turns.take(async () => {
          seen.push(i);
          await busy();
        }),
      ),
    );
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("are kept by a holder that makes steps", async () => {
    const turns = new Turns({ cutOffMs: 40 });
    const slow = turns.take(async (turn) => {
      for (let i = 0; i < 30; i++) {
        turn.step();
        await pause(5);
      }
      return "whole";
    });
    const next = turns.take(async () => "next");
    expect(await Promise.race([slow, next])).toBe("whole");
    expect(await next).toBe("next");
  });

  test("are lost by a holder that comes back too late: its next step fails, and it passes on nothing", async () => {
    const turns = new Turns({ cutOffMs: 20 });
    let wake = () => {};
    const late = turns.take(async (turn) => {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      turn.step();
    });
    const seen: string[] = [];
    const second = turns.take(async (turn) => {
      wake();
      await expect(late).rejects.toMatchObject({ code: "storage-blocked" });
      for (let i = 0; i < 6; i++) {
        turn.step();
        await pause(5);
      }
      seen.push("second");
    });
    const third = turns.take(async () => void seen.push("third"));
    await Promise.all([second, third]);
    expect(seen).toEqual(["second", "third"]);
  });

  describe("by the clock", () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    /** Takes a turn whose waiter makes its first check after this time, as if its request had stalled. */
    function takeStalled(turns: Turns, milliseconds: number): Promise<string> {
      const own = globalThis.setTimeout;
      vi.stubGlobal("setTimeout", (check: () => void) => own(check, milliseconds));
      const taken = turns.take(async () => "late");
      vi.unstubAllGlobals();
      return taken;
    }

    test("a waiter that stood still while its turn came has the next one", async () => {
      const turns = new Turns({ cutOffMs: 20 });
      const first = turns.take(async () => "first");
      const late = takeStalled(turns, 500);
      const other = turns.take(async () => "other");
      await vi.advanceTimersByTimeAsync(400);
      expect(await Promise.all([first, other])).toEqual(["first", "other"]);
      await vi.advanceTimersByTimeAsync(600);
      expect(await late).toBe("late");
    });

    test("a waiter that never begins does not hold others up as long as work may stand still", async () => {
      const turns = new Turns({ cutOffMs: 60_000 });
      void turns.take(async () => "first");
      void takeStalled(turns, 1e6);
      const other = turns.take(async () => "other");
      await vi.advanceTimersByTimeAsync(200);
      expect(await Promise.race([other, "waits"])).toBe("other");
    });

    test("a waiter that took over has one turn, and the next turn follows at once", async () => {
      const turns = new Turns({ cutOffMs: 50 });
      void turns.take(never);
      const ends: (() => void)[] = [];
      const work = () => new Promise<void>((resolve) => ends.push(resolve));
      for (let i = 0; i < 3; i++) void turns.take(work);
      await vi.advanceTimersByTimeAsync(62);
      expect(ends).toHaveLength(1);
      ends[0]?.();
      await vi.advanceTimersByTimeAsync(12);
      expect(ends).toHaveLength(2);
    });
  });
});
