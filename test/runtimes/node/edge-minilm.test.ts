import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NodeServer, type NodeServerOptions, startNodeServer } from "@pipit/edge/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { minilmFolder } from "../../fixtures/minilm.ts";

interface Answer {
  readonly producer: string;
  readonly data: readonly { readonly embedding: readonly number[] }[];
}

/** The server's state of MiniLM, after it is ready or known to be unavailable. */
async function stateOf({ url }: NodeServer): Promise<{ state: string; why: string; backend?: string }> {
  for (;;) {
    const { data } = await (await fetch(`${url}/v1/models`)).json();
    const model = data.find(({ id }: { id: string }) => id === "all-MiniLM-L6-v2");
    if (model.state !== "loading") return model;
    await new Promise((later) => setTimeout(later, 100));
  }
}

describe.skipIf(!minilmFolder)("MiniLM on the edge server's encoder kernel", () => {
  let folder: string;
  const servers: NodeServer[] = [];

  const start = async (options: Partial<NodeServerOptions>) => {
    const common = { port: 0, host: "127.0.0.1", dataFolder: join(folder, "data") };
    const server = await startNodeServer({ ...common, ...options });
    servers.push(server);
    return server;
  };
  const stop = async () => {
    for (const server of servers.splice(0)) await server.close();
  };
  const embed = async ({ url }: NodeServer, input: string): Promise<Answer> => {
    const body = JSON.stringify({ model: "all-MiniLM-L6-v2", input });
    const headers = { "content-type": "application/json" };
    return (await fetch(`${url}/v1/embeddings`, { method: "POST", headers, body })).json();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pipit-edge-minilm-"));
  });
  afterAll(async () => {
    await stop();
    await rm(folder, { recursive: true });
  });

  test("is packed once from the model's own file, and opened from the stored file the next time", async () => {
    const first = await start({ modelPlaces: [join(minilmFolder!, "..")], runtimes: ["kernel"] });
    expect(await stateOf(first)).toMatchObject({ state: "ready", backend: "wasm" });
    const one = await embed(first, "hello world");
    expect(one.producer).toBe("minilm-kernel");
    await stop();
    const bare = join(folder, "tokenizer-only", "all-MiniLM-L6-v2");
    await mkdir(bare, { recursive: true });
    await copyFile(join(minilmFolder!, "tokenizer.json"), join(bare, "tokenizer.json"));
    const second = await start({ modelPlaces: [join(bare, "..")], runtimes: ["kernel"] });
    expect(await stateOf(second)).toMatchObject({ state: "ready" });
    expect(await embed(second, "hello world")).toEqual(one);
  });

  test("takes over where ONNX Runtime lacks its file, and says so", async () => {
    await stop();
    const server = await start({ modelPlaces: [join(folder, "tokenizer-only")] });
    const { state, why, backend } = await stateOf(server);
    expect([state, backend]).toEqual(["ready", "wasm"]);
    expect(why).toMatch(/native: .*model_quantized\.onnx/);
  });

  test("the faster of two is found by measuring, reported with its figures, and stored", async () => {
    await stop();
    const options = { modelPlaces: [join(minilmFolder!, "..")], dataFolder: join(folder, "measured") };
    const first = await stateOf(await start(options));
    expect(first.state).toBe("ready");
    const [, faster, slower] =
      /measured here: (wasm kernel|native) [\d.]+ ms a question, \d+ texts a second; (wasm kernel|native) /.exec(
        first.why,
      ) ?? [];
    expect([faster, slower].sort()).toEqual(["native", "wasm kernel"]);
    expect(first.backend).toBe(faster === "native" ? "native cpu" : "wasm");
    await stop();
    expect(await stateOf(await start(options))).toEqual(first);
  });

  test("is absent where no place has the model", async () => {
    await stop();
    const server = await start({ modelPlaces: [folder], dataFolder: join(folder, "other") });
    expect((await stateOf(server)).state).toBe("absent");
  });
});
