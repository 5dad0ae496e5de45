import { describe, expect, test } from "vitest";
import { AnswerRoom } from "./answer-room.ts";

const LIMITS = { atATime: 2, unsentBytes: 100 };
const never = new AbortController().signal;

/** Works that a test ends when it wants to, and the order in which they began. */
function openRoom(limits = LIMITS) {
  const room = new AnswerRoom(limits);
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<{ body: Uint8Array }>>();
  const ask = (name: string, signal = never) =>
    room.answer(() => {
      begun.push(name);
      const end = Promise.withResolvers<{ body: Uint8Array }>();
      ends.set(name, end);
      return end.promise;
    }, signal);
  const end = async (name: string, bytes = 0) => {
    ends.get(name)?.resolve({ body: new Uint8Array(bytes) });
    await turns();
  };
  const fail = (name: string, error: Error) => ends.get(name)?.reject(error);
  return { room, begun, ask, end, fail };
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

  test("had it left before, it fails at once", async () => {
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

describe("answers that wait to be sent", () => {
  test("no work begins while they are too many bytes, and the next when enough were sent", async () => {
    const { room, begun, ask, end } = openRoom();
    for (const name of "ab") void ask(name);
    await turns();
    await end("a", 60);
    await end("b", 60);
    for (const name of "cd") void ask(name);
    await turns();
    expect(begun).toEqual(["a", "b"]);
    room.sent(60);
    await turns();
    expect(begun).toEqual(["a", "b", "c", "d"]);
  });

  test("count no more when they are sent", async () => {
    const { room, begun, ask, end } = openRoom({ ...LIMITS, atATime: 1 });
    for (let i = 0; i < 5; i++) {
      void ask(`${i}`);
      await turns();
      await end(`${i}`, 90);
      room.sent(90);
    }
    expect(begun).toHaveLength(5);
  });
});
