import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { scriptBeside, Thread } from "./thread.ts";

/** A thread that runs this script; `tell` sends a message to the starting thread. */
function start(script: string) {
  const whole = `import { parentPort } from "node:worker_threads"; const tell = (m) => parentPort.postMessage(m); ${script}`;
  const entry = new URL(`data:text/javascript,${encodeURIComponent(whole)}`);
  const news: unknown[] = [];
  const thread = new Thread<string, string, string, unknown>({
    entry,
    name: "of a test",
    options: null,
    onNews: (told) => news.push(told),
  });
  return { thread, news };
}

const OPEN = `tell({ tell: "open", opened: "open" });`;
const ERROR = { name: "Pipit:storage-failed", message: "no", code: "storage-failed", got: "a", expected: "b", do: "c" };
/** Answers with the request, ends on "end", does not answer "wait", fails on "fail", and reports all other messages. */
const ECHO = `${OPEN} parentPort.on("message", (m) => {
  if (m.ask === "close" || m.request === "end") process.exit(m.ask === "close" ? 0 : 7);
  if (m.request === "wait") return;
  if (m.request === "fail") return tell({ tell: "failure", id: m.id, error: ${JSON.stringify(ERROR)} });
  if (m.ask === "answer") tell({ tell: "answer", id: m.id, answer: m.request });
  else tell({ tell: "news", news: m });
});`;

describe("a call", () => {
  test("is answered, also before the thread has opened", async () => {
    const { thread } = start(ECHO);
    expect(await Promise.all(["a", "b"].map((text) => thread.call(text, [], undefined)))).toEqual(["a", "b"]);
    thread.close();
  });

  test("that fails in the thread has the thread's error, and others are answered", async () => {
    const { thread } = start(ECHO);
    await expect(thread.call("fail", [], undefined)).rejects.toMatchObject({ code: "storage-failed", got: "a" });
    expect(await thread.call("a", [], undefined)).toBe("a");
    thread.close();
  });

  test("that is aborted fails at once, and the thread is told to stop it", async () => {
    const { thread, news } = start(ECHO);
    const leaving = new AbortController();
    const waiting = thread.call("wait", [], leaving.signal);
    await thread.call("a", [], undefined);
    leaving.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await thread.call("b", [], undefined);
    expect(news).toEqual([{ ask: "stop", id: 1 }]);
    thread.close();
  });

  test("whose caller has left already, or leaves while the thread opens, is not made", async () => {
    const { thread, news } = start(`parentPort.on("message", (m) => {
      if (m.ask === "close") process.exit(0);
      tell({ tell: "news", news: m.request });
      tell({ tell: "answer", id: m.id, answer: m.request });
    });
    setTimeout(() => ${OPEN.slice(0, -1)}, 50);`);
    let hasOpened = false;
    void thread.opened.then(() => {
      hasOpened = true;
    });
    await expect(thread.call("a", [], AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    expect(hasOpened).toBe(false);
    const leaving = new AbortController();
    const early = thread.call("wait", [], leaving.signal);
    leaving.abort();
    await expect(early).rejects.toMatchObject({ code: "aborted" });
    await thread.call("c", [], undefined);
    expect(news).toEqual(["c"]);
    thread.close();
  });

  test("of a thread that ends fails with its end, and so do those after it", async () => {
    const { thread } = start(ECHO);
    const [waiting, ending] = ["wait", "end"].map((text) => thread.call(text, [], undefined));
    await expect(waiting).rejects.toMatchObject({ code: "worker-died", got: expect.stringContaining("code 7") });
    await expect(ending).rejects.toMatchObject({ code: "worker-died" });
    await expect(thread.call("a", [], undefined)).rejects.toMatchObject({ code: "worker-died" });
    expect(await thread.ended).toMatchObject({ code: "worker-died" });
  });
});

test("callers that go on to much work leave turns to others", async () => {
  const { thread } = start(ECHO);
  await thread.opened;
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  const caller = async () => {
    for (let call = 0; call < 50; call++) {
      await thread.call("a", [], undefined);
      const until = performance.now() + 3;
      while (performance.now() < until);
    }
  };
  await Promise.all([caller(), caller()]);
  clearInterval(counting);
  expect(turns).toBeGreaterThan(25);
  thread.close();
});

test("a signal that outlives its calls is not listened to by them", async () => {
  const { thread } = start(ECHO);
  const { signal } = new AbortController();
  await thread.call("a", [], signal);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  thread.close();
});

test("the answer of a call that has ended is not held by its thread", async () => {
  const { thread } = start(ECHO);
  const asked = { text: "a" } as unknown as string;
  const answer = new WeakRef((await thread.call(asked, [], undefined)) as unknown as object);
  await new Promise((later) => setTimeout(later));
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  expect(answer.deref()).toBeUndefined();
  thread.close();
});

describe("a thread", () => {
  test("that was told to close ends without a failure", async () => {
    const { thread } = start(ECHO);
    await thread.opened;
    thread.close();
    expect(await thread.ended).toBeUndefined();
  });

  test("that cannot open says why, to those who ask it too, and is gone", async () => {
    const { thread } = start(
      `tell({ tell: "not-open", error: ${JSON.stringify(ERROR)} }); setInterval(() => 0, 1000);`,
    );
    await expect(thread.call("a", [], undefined)).rejects.toMatchObject({ code: "storage-failed" });
    await thread.ended;
  });

  test("that ends before it opens fails those who ask it", async () => {
    const { thread } = start("throw new Error('out of order');");
    await expect(thread.call("a", [], undefined)).rejects.toMatchObject({
      got: expect.stringContaining("out of order"),
    });
    await expect(thread.opened).rejects.toMatchObject({ code: "worker-died" });
  });

  test("that cannot open leaves no rejection that nobody hears", async () => {
    const { thread } = start("process.exit(3);");
    expect(await thread.ended).toMatchObject({ code: "worker-died" });
  });
});

test.each(["ts", "js"])("a script beside a module of .%s has its ending", (ending) => {
  const beside = scriptBeside(`file:///edge/threads/thread.${ending}`, "entry");
  expect(beside.href).toBe(`file:///edge/threads/entry.${ending}`);
});
