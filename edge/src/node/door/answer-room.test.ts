import { describe, expect, test } from "vitest";
import { AnswerRoom } from "./answer-room.ts";

/** Nothing is slow, however busy the machine is, where a test does not say so. */
const LIMITS = { atATime: 2, unsentBytes: 100, smallBytes: 10, slowMs: 60_000 };
const never = new AbortController().signal;

/** Pieces of work that a test ends, and the order in which they began. */
function openRoom(limits = LIMITS) {
  const room = new AnswerRoom(limits);
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<{ body: Uint8Array }>>();
  const cut: string[] = [];
  const held = new Map<string, () => void>();
  const ask = async (name: string, signal = never) => {
    const work = () => {
      begun.push(name);
      const end = Promise.withResolvers<{ body: Uint8Array }>();
      ends.set(name, end);
      return end.promise;
    };
    const { sent } = await room.answer(work, signal, () => {
      cut.push(name);
      sent();
    });
    held.set(name, sent);
  };
  const end = async (name: string, bytes = 0) => {
    ends.get(name)?.resolve({ body: new Uint8Array(bytes) });
    await turns();
  };
  const fail = (name: string, error: Error) => ends.get(name)?.reject(error);
  return { begun, cut, held, ask, end, fail };
}

const turns = () => new Promise((resolve) => setTimeout(resolve));

test("as many begin as may be worked on at a time, the others in the order they came in", async () => {
  const { begun, ask, end } = openRoom();
  for (const name of "abcde") void ask(name);
  await turns();
  expect(begun).toEqual(["a", "b"]);
  await end("b");
  expect(begun).toEqual(["a", "b", "c"]);
  await end("a");
  await end("c");
  expect(begun).toEqual(["a", "b", "c", "d", "e"]);
});

test("a new caller waits behind earlier ones, also when there is room again", async () => {
  const { begun, ask, end } = openRoom();
  for (const name of "abc") void ask(name);
  await turns();
  void end("a");
  void ask("late");
  await turns();
  expect(begun).toEqual(["a", "b", "c"]);
});

test("a work that fails makes room, and its failure is its caller's", async () => {
  const { begun, ask, fail } = openRoom({ ...LIMITS, atATime: 1 });
  const first = ask("a");
  void ask("b");
  await turns();
  fail("a", new Error("no such bird"));
  await expect(first).rejects.toThrow("no such bird");
  await turns();
  expect(begun).toEqual(["a", "b"]);
});

describe("a caller that leaves while it waits", () => {
  test("fails with aborted, is never worked for, and lets those behind it pass", async () => {
    const { begun, ask, end } = openRoom({ ...LIMITS, atATime: 1 });
    const leaving = new AbortController();
    void ask("a");
    const gone = ask("b", leaving.signal);
    void ask("c");
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ code: "aborted" });
    await end("a");
    expect(begun).toEqual(["a", "c"]);
  });

  test("fails at once if it left before the call", async () => {
    const { begun, ask } = openRoom();
    await expect(ask("a", AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    expect(begun).toEqual([]);
  });

  test("one that leaves while it is worked for does not make room twice", async () => {
    const { begun, ask, fail } = openRoom({ ...LIMITS, atATime: 1 });
    const leaving = new AbortController();
    const gone = ask("a", leaving.signal);
    for (const name of "bc") void ask(name);
    await turns();
    leaving.abort();
    fail("a", new Error("aborted"));
    await expect(gone).rejects.toThrow();
    await turns();
    expect(begun).toEqual(["a", "b"]);
  });
});

describe("answers that are not read", () => {
  /** A room with 90 of its 100 bytes held by "slow". */
  async function filled(slowMs = LIMITS.slowMs) {
    const opened = openRoom({ ...LIMITS, atATime: 1, slowMs });
    void opened.ask("slow");
    await turns();
    await opened.end("slow", 90);
    const answered = async (name: string, bytes: number, signal = never) => {
      const asked = opened.ask(name, signal);
      asked.catch(() => undefined);
      await turns();
      await opened.end(name, bytes);
      return asked;
    };
    return { ...opened, answered };
  }

  test("that leave at once let in no more than there is room for", async () => {
    const opened = openRoom({ ...LIMITS, atATime: 4 });
    for (const name of ["one", "two", "first", "second"]) void opened.ask(name).catch(() => undefined);
    await turns();
    for (const name of ["one", "two"]) await opened.end(name, 50);
    for (const name of ["first", "second"]) await opened.end(name, 90);
    opened.held.get("one")!();
    opened.held.get("two")!();
    await turns();
    expect([...opened.held.keys()]).toEqual(["one", "two", "first"]);
  });

  test("take no room for a caller that left while its answer was computed", async () => {
    const { ask, end, held, answered } = await filled();
    const leaving = new AbortController();
    const gone = ask("gone", leaving.signal);
    await turns();
    leaving.abort();
    void end("gone", 50);
    await expect(gone).rejects.toMatchObject({ code: "aborted" });
    held.get("slow")!();
    await answered("next", 90);
    expect([...held.keys()]).toContain("next");
  });

  test("make no small answer wait", async () => {
    const { answered, held, cut } = await filled();
    for (const name of "abc") await answered(name, 10);
    expect([...held.keys()]).toEqual(["slow", "a", "b", "c"]);
    expect(cut).toEqual([]);
  });

  test("make a large one wait until there is room, while others begin", async () => {
    const { answered, held, begun, cut } = await filled();
    const large = answered("large", 50);
    await answered("small", 1);
    expect(begun).toContain("small");
    expect(held.has("large")).toBe(false);
    held.get("slow")?.();
    await large;
    expect(cut).toEqual([]);
  });

  test("are cut for a large one after they have been slow, and only if one waits", async () => {
    const slowMs = 40;
    const { answered, cut } = await filled(slowMs);
    await new Promise((later) => setTimeout(later, 2 * slowMs));
    expect(cut).toEqual([]);
    await answered("large", 50);
    expect(cut).toEqual(["slow"]);
  });

  test("refuse a large one that finds no place to wait, or leave it when its caller leaves", async () => {
    const { answered, held } = await filled();
    const leaving = new AbortController();
    const first = answered("first", 60, leaving.signal);
    await turns();
    await expect(answered("second", 60)).rejects.toMatchObject({ status: 503, headers: { "Retry-After": "1" } });
    leaving.abort();
    await expect(first).rejects.toMatchObject({ code: "aborted" });
    held.get("slow")?.();
    await answered("third", 60);
  });

  test("an answer beyond the limit is sent when it is alone", async () => {
    const { ask, end, held } = openRoom();
    void ask("huge");
    await turns();
    await end("huge", 1000);
    expect(held.has("huge")).toBe(true);
  });

  test("one that nothing can cut refuses those that wait too long", async () => {
    const room = new AnswerRoom({ ...LIMITS, slowMs: 10 });
    const answer = () =>
      room.answer(
        async () => ({ body: new Uint8Array(90) }),
        never,
        () => undefined,
      );
    await answer();
    await expect(answer()).rejects.toMatchObject({ status: 503 });
  });
});
