import { beforeEach, expect, test } from "vitest";
import { Thread } from "./thread.ts";

const SERVE = new URL("./serve-thread.ts", import.meta.url);

/** A service that sends its options and reports its end. `last` is the signal of the previous call. */
const SERVICE = `
  import { setFlagsFromString } from "node:v8";
  import { runInNewContext } from "node:vm";
  import { serveThread } from "${SERVE}";

  let last;
  let turns = 0;
  let worked = 0;
  const answers = {
    "count turns": () => {
      const count = () => { turns++; setTimeout(count); };
      count();
    },
    work: () => {
      const until = performance.now() + 3;
      while (performance.now() < until);
    },
    "turns?": () => String(turns),
    "long work": () => {
      worked++;
      const until = performance.now() + 30;
      while (performance.now() < until);
    },
    "worked?": () => String(worked),
    fail: () => { throw new RangeError("too far"); },
    wait: (signal) => {
      last = signal;
      return new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
    "aborted?": () => String(last.aborted),
    once: (signal) => { last = new WeakRef(signal); },
    "held?": async () => {
      await new Promise((later) => setTimeout(later));
      setFlagsFromString("--expose-gc");
      runInNewContext("gc")();
      return String(last.deref() !== undefined);
    },
  };
  serveThread(async (options, tell) => {
    if (options === "none") throw new Error("the disk is gone");
    tell("opened with " + options);
    return {
      opened: "open",
      answer: async (request, signal) => ({ answer: (await answers[request](signal)) ?? "done", transfer: [] }),
      async close() {
        await new Promise((later) => setTimeout(later, 20));
        tell("closed");
        throw new Error("not all was saved");
      },
    };
  });`;

const news: string[] = [];
beforeEach(() => {
  news.length = 0;
});

function start(options: string) {
  const entry = new URL(`data:text/javascript,${encodeURIComponent(SERVICE)}`);
  const onNews = (told: string) => void news.push(told);
  return new Thread<string, string, string, string>({ entry, name: "of a test", options, onNews });
}

const thread = start("its folder");
const ask = (request: string, signal?: AbortSignal) => thread.call(request, [], signal);

test("a service is opened with its options, and tells news", async () => {
  expect(await thread.opened).toBe("open");
  expect(news).toEqual(["opened with its folder"]);
});

test("a call that fails is told so, and the next is answered", async () => {
  await expect(ask("fail")).rejects.toThrow("too far");
  expect(await ask("once")).toBe("done");
});

test("a caller that leaves aborts the signal of its own call", async () => {
  const leaving = new AbortController();
  const call = ask("wait", leaving.signal);
  expect(await ask("aborted?")).toBe("false");
  leaving.abort();
  await expect(call).rejects.toMatchObject({ code: "aborted" });
  expect(await ask("aborted?")).toBe("true");
});

test("calls whose callers leave while they wait for their turn are not worked for", async () => {
  const leaving = new AbortController();
  const calls = Array.from({ length: 30 }, () => ask("long work", leaving.signal).catch(({ code }) => code));
  await new Promise((later) => setTimeout(later, 20));
  leaving.abort();
  expect(await Promise.all(calls)).toContain("aborted");
  expect(Number(await ask("worked?"))).toBeLessThan(10);
});

test("calls of two callers in a row leave turns to the thread's other work", async () => {
  await ask("count turns");
  const caller = async () => {
    for (let call = 0; call < 50; call++) await ask("work");
  };
  await Promise.all([caller(), caller()]);
  expect(Number(await ask("turns?"))).toBeGreaterThan(25);
});

test("a call that has ended is not held", async () => {
  await ask("once");
  expect(await ask("held?")).toBe("false");
});

test("a thread that is told to close ends after its service, also where that fails", async () => {
  thread.close();
  expect(await thread.ended).toBeUndefined();
  expect(news).toEqual(["closed"]);
});

test("a service that cannot be opened ends its thread, and says why", async () => {
  const failing = start("none");
  await expect(failing.opened).rejects.toThrow("the disk is gone");
  await failing.ended;
});
