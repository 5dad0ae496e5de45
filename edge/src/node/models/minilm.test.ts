import { type BatchModel, type ByteStore, createMemoryBytes } from "@pipit/core";
import { beforeEach, expect, test, vi } from "vitest";

type Name = "native" | "kernel";

const { runtimes, closed } = vi.hoisted(() => ({
  closed: [] as string[],
  /** What happens to each runtime; replaced by tests. */
  runtimes: {
    open: async (_name: Name): Promise<void> => {},
    prove: async (_name: Name): Promise<void> => {},
    pace: async (_name: Name): Promise<number> => 1,
    readTokenizer: (): void => {},
  },
}));

const modelOf = (name: Name) => ({ name, close: async () => void closed.push(name) }) as unknown as BatchModel;
const nameOf = (model: BatchModel) => (model as unknown as { name: Name }).name;

vi.mock("onnxruntime-node", () => ({}));
vi.mock("@pipit/wasm", () => ({
  findEncoder: async () => {
    await runtimes.open("kernel");
    return { close: () => void closed.push("encoder") };
  },
}));
vi.mock("@pipit/wasm/node", () => ({}));
vi.mock("@pipit/core", async (original) => ({
  ...(await original<object>()),
  openModelFile: async () => ({ bytes: new Uint8Array() }),
  openModelFiles: () => runtimes.open("native"),
  createOnnxTextModel: async () => modelOf("native"),
  createKernelTextModel: () => {
    runtimes.readTokenizer();
    return modelOf("kernel");
  },
  assertProven: async (model: BatchModel) => {
    await runtimes.prove(nameOf(model));
    return { why: `${nameOf(model)} is proven` };
  },
}));
vi.mock("./runtime-pace.ts", () => ({
  paceOf: (model: BatchModel) => runtimes.pace(nameOf(model)),
  costOf: (pace: number) => pace,
  paceText: (pace: number) => `${pace} ms`,
}));

const { openMinilm } = await import("./minilm.ts");

const BOTH = ["native", "kernel"] as const;
const works = { ...runtimes };
let kept: ByteStore;
let leaving: AbortController;

beforeEach(() => {
  Object.assign(runtimes, works);
  closed.length = 0;
  kept = createMemoryBytes({ maxBytes: 10_000 });
  leaving = new AbortController();
});

const open = (names: readonly Name[] = BOTH) => openMinilm({ sources: [], kept, signal: leaving.signal }, names);
const failing = (which: Name, message: string) => async (name: Name) => {
  if (name === which) throw new Error(message);
};
const leavingAt = (which: Name) => async (name: Name) => {
  if (name === which) leaving.abort(new Error("the server closes"));
  leaving.signal.throwIfAborted();
};

test("the quicker one of two is kept and the other closed, which is remembered with the figures", async () => {
  runtimes.pace = async (name) => (name === "native" ? 7 : 2);
  const first = await open();
  expect([nameOf(first.model), first.why]).toEqual(["kernel", expect.stringContaining("kernel 2 ms; native 7 ms")]);
  expect(closed).toEqual(["native"]);
  runtimes.pace = async () => {
    throw new Error("measured again");
  };
  runtimes.open = failing("native", "opened again");
  expect((await open()).why).toBe(first.why);
});

test("a runtime that was found quicker and is gone is replaced, and the reason told", async () => {
  runtimes.pace = async (name) => (name === "native" ? 2 : 7);
  expect((await open()).backend).toBe("native cpu");
  runtimes.open = failing("native", "the library is gone");
  const { model, backend, why } = await open();
  expect([nameOf(model), backend]).toEqual(["kernel", "wasm"]);
  expect(why).toContain("native: the library is gone");
});

test("a runtime that was found quicker is not opened where it is not wanted", async () => {
  runtimes.pace = async (name) => (name === "native" ? 2 : 7);
  await open();
  expect(nameOf((await open(["kernel"])).model)).toBe("kernel");
});

test("one that computes wrong numbers is closed, and passed over with the reason", async () => {
  runtimes.prove = failing("native", "wrong numbers");
  const { model, why } = await open();
  expect([nameOf(model), closed]).toEqual(["kernel", ["native"]]);
  expect(why).toBe("kernel is proven (native: wrong numbers)");
});

test("where none can run, the last failure is told", async () => {
  runtimes.open = async (name) => {
    throw new Error(`no ${name}`);
  };
  await expect(open()).rejects.toMatchObject({ message: "no kernel" });
});

test("an encoder whose tokenizer cannot be read is closed", async () => {
  runtimes.readTokenizer = () => {
    throw new Error("no tokenizer");
  };
  await expect(open(["kernel"])).rejects.toThrow("no tokenizer");
  expect(closed).toEqual(["encoder"]);
});

test.each([
  ["the first is opened", { open: leavingAt("native") }, []],
  ["the second is opened", { open: leavingAt("kernel") }, ["native"]],
  ["the second is proven", { prove: leavingAt("kernel") }, ["kernel", "native"]],
  ["they are measured", { pace: async () => leavingAt("native")("native").then(() => 1) }, ["native", "kernel"]],
])("a server that closes while %s leaves no model open", async (_, changes, models) => {
  Object.assign(runtimes, changes);
  await expect(open()).rejects.toThrow("the server closes");
  expect(closed).toEqual(models);
});
