import { type BatchModel, type ByteStore, createMemoryBytes, type ModelProvider } from "@pipit/core";
import { GOLDEN, goldenModel } from "@pipit/test/fixtures/golden-model";
import { beforeEach, expect, test, vi } from "vitest";

type Name = "native" | "kernel";

/** The pace of each runtime; tests replace it. */
const { speeds } = vi.hoisted(() => ({ speeds: { of: async (_name: string): Promise<number> => 1 } }));

vi.mock("./runtime-pace.ts", () => ({
  paceOf: (model: BatchModel) => speeds.of(model.producer.name),
  costOf: (pace: number) => pace,
  paceText: (pace: number) => `${pace} ms`,
}));

const { openFastest } = await import("./fastest-model.ts");

const equal = async () => 1;
let kept: ByteStore;
let leaving: AbortController;
let closed: string[];
/** Called when a runtime is opened; may throw. */
let opening: Partial<Record<Name, () => void>>;

beforeEach(() => {
  speeds.of = equal;
  closed = [];
  opening = {};
  kept = createMemoryBytes({ maxBytes: 10_000 });
  leaving = new AbortController();
});

function open(names: readonly Name[] = ["native", "kernel"]) {
  const provider = (name: Name): ModelProvider => ({
    name,
    backend: `${name} backend`,
    async open() {
      opening[name]?.();
      return goldenModel({ name, onClose: () => closed.push(name) });
    },
  });
  const providers = new Map(names.map((name) => [name, provider(name)]));
  return openFastest(providers, { golden: GOLDEN, kept, signal: leaving.signal });
}

function fail(message: string) {
  return () => {
    throw new Error(message);
  };
}

test("the faster one of two is kept and the other closed, and the verdict is stored with the figures", async () => {
  speeds.of = async (name) => (name === "native" ? 7 : 2);
  const first = await open();
  expect([first.model.producer.name, first.why]).toEqual([
    "kernel",
    expect.stringContaining("(measured here: kernel 2 ms; native 7 ms)"),
  ]);
  expect(closed).toEqual(["native"]);
  speeds.of = async () => fail("measured again")();
  opening.native = fail("opened again");
  expect((await open()).why).toBe(first.why);
});

test("a runtime that was found faster and is missing now is replaced, and the reason reported", async () => {
  speeds.of = async (name) => (name === "native" ? 2 : 7);
  expect((await open()).backend).toBe("native backend");
  opening.native = fail("the library is gone");
  const { model, backend, why } = await open();
  expect([model.producer.name, backend]).toEqual(["kernel", "kernel backend"]);
  expect(why).toContain("native: the library is gone");
});

test("a runtime that was found faster is not opened where it is not listed", async () => {
  speeds.of = async (name) => (name === "native" ? 2 : 7);
  await open();
  expect((await open(["kernel"])).model.producer.name).toBe("kernel");
});

test("if only one can run, the reason of the other is reported, and nothing is measured", async () => {
  speeds.of = async () => fail("measured")();
  opening.native = fail("no library");
  const { why } = await open();
  expect(why).toMatch(/^kernel proven on kernel backend: least cosine to fp32 1\.0+.*\(native: no library\)$/);
});

test("if none can run, the last failure is reported", async () => {
  Object.assign(opening, { native: fail("no native"), kernel: fail("no kernel") });
  await expect(open()).rejects.toMatchObject({ got: "no kernel" });
});

test("a server that closes while they are measured leaves no model open", async () => {
  speeds.of = async () => fail("the server closes")();
  await expect(open()).rejects.toThrow("the server closes");
  expect(closed).toEqual(["native", "kernel"]);
});
