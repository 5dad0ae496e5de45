import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { parseListing } from "@pipit/core";
import { minilmFolder } from "@pipit/test/fixtures/minilm";
import { minilmTwin } from "@pipit/test/fixtures/minilm-twin";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runPipit } from "./run-pipit.ts";

const door = fileURLToPath(new URL("./pipit.ts", import.meta.url));

interface Done {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function pipit(...args: string[]): Promise<Done> {
  return new Promise((resolve) => {
    const node = ["--conditions=pipit-source", "--disable-warning=ExperimentalWarning", door, ...args];
    // A command that does not end is killed, and then has no status.
    const options = { timeout: 20_000 };
    execFile(process.execPath, node, options, (error, out, err) => {
      resolve({ status: Number(error?.code ?? (error ? Number.NaN : 0)), out, err });
    });
  });
}

/** The same without a process, which takes most of a second to start: for commands that are refused before anything is opened. */
async function pipitHere(...words: string[]): Promise<Done> {
  const said = { log: "", error: "" };
  for (const kind of ["log", "error"] as const)
    vi.spyOn(console, kind).mockImplementation((...parts) => {
      said[kind] += `${format(...parts)}\n`;
    });
  const status = await runPipit(words);
  return { status, out: said.log, err: said.error };
}

beforeEach(() => {
  vi.stubEnv("PIPIT_MODELS", "");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("pipit", () => {
  test.each([[], ["help"], ["--help"], ["-h"]])("lists its commands for %j", async (...words) => {
    const { status, out } = await pipitHere(...words);
    expect(status).toBe(0);
    for (const command of ["serve", "models", "eval", "doctor"]) expect(out).toContain(`pipit ${command}`);
  });

  test.each([
    ["serve", "--help"],
    ["help", "serve"],
    ["serve", "-h"],
  ])("says what a command takes for %s %s", async (...words) => {
    const { status, out } = await pipitHere(...words);
    expect(status).toBe(0);
    for (const option of ["--port PORT", "--host HOST", "--data FOLDER"]) expect(out).toContain(option);
  });

  test("says what each verb of models does", async () => {
    const { out } = await pipitHere("models", "--help");
    for (const verb of ["list", "verify", "pull", "prove", "pack"])
      expect(out).toMatch(new RegExp(`^  ${verb} +\\w`, "m"));
  });

  test.each([["--version"], ["-v"], ["version"]])("tells its version for %s", async (word) => {
    const { status, out } = await pipit(word);
    expect([status, out]).toEqual([0, expect.stringMatching(/^pipit \d+\.\d+\.\d+ on Node 24/)]);
  });

  test.each([
    [["srve"], "`pipit serve`"],
    [["help", "model"], "`pipit models`"],
    [["doctor", "--dat", "x"], "perhaps --data"],
    [["serve", "--prot", "3000"], "perhaps --port"],
    [["serve", "--Host=::1"], "perhaps --host"],
    [["serve", "-p", "3000"], "perhaps --port"],
    [["serv"], "`pipit serve`"],
    [["doc"], "`pipit doctor`"],
    [["hepl"], "`pipit help`"],
    [["--hlep"], "`pipit --help`"],
    [["--port", "3000"], "`pipit serve --port`"],
    [["models", "pul"], "perhaps pull"],
    [["sing"], "one of serve, models, eval, doctor"],
    [["serve", "loudly"], "no word behind it"],
    [["models", "list", "twice"], "one word at most"],
    [["serve", "--port"], "--port PORT"],
    [["serve", "--data", "--port", "3000"], "--data without a value"],
    [["serve", "--runtime", "quick"], 'expected "kernel" or "native". Leave --runtime out'],
    [["serve", "--app", "/nonexistent"], "where no index.html lies"],
    [["serve", "--models", "file:///models"], "file:///models in --models"],
    [["doctor", "--models", "https://"], "https:// in --models"],
    [["doctor", "--port", "70000"], "Give --port a port number"],
    [["models", "verify", "--from", "ftp://models.example"], "ftp://models.example in --from"],
    [["models", "verify"], "no --from and no PIPIT_MODELS"],
    [["models", "pack", "--to", "x", "--file", tmpdir()], "name a file"],
    [["models", "pack", "--to", "x", "--file", door], "expected safetensors or ONNX"],
    [["models", "verify", "--variant", "q9"], "one of fp32, q8, packed"],
    [["models", "pull", "--from", "x"], "--to FOLDER"],
  ])("an error in %j is reported with the accepted values, status 2 and no stack", async (words, said) => {
    const { status, err } = await pipitHere(...words);
    expect([status, err]).toEqual([2, expect.stringContaining(said)]);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test.each(["abc", "70000", "3000x", "-1", "1e3", ""])("the port %j is refused in a sentence", async (port) => {
    const { status, err } = await pipitHere("serve", `--port=${port}`);
    expect(status).toBe(2);
    expect(err).toMatch(port === "" ? /--port without a value/ : /expected a whole number from 0 to 65535/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test.each([
    ["--host 0.0.0.0", ["--host", "0.0.0.0"]],
    ["HOST=0.0.0.0", [], { HOST: "0.0.0.0" }],
    ["--host 999.1.1.1", ["--host", "999.1.1.1"], { HOST: "0.0.0.0" }],
    ["HOST=nobody.invalid", [], { HOST: "nobody.invalid" }],
    ["Give --host an address of this machine", ["--host", "203.0.113.7"], { PIPIT_KEY: "k" }],
    ["Give --port a port number", ["--port", "abc"]],
    ["Give PORT a port number", [], { PORT: "abc" }],
    ["/nonexistent.txt in PIPIT_ORIGINS", [], { PIPIT_ORIGINS: "/nonexistent.txt" }],
  ] as [string, string[], NodeJS.ProcessEnv?][])(
    "a setting is told as it was written: %s",
    async (said, words, env) => {
      for (const [variable, value] of Object.entries({ PORT: "0", ...env })) vi.stubEnv(variable, value);
      const { status, err } = await pipitHere("serve", ...words);
      expect([status, err]).toEqual([2, expect.stringContaining(said)]);
      expect(err).not.toMatch(/\n\s+at /);
    },
  );

  test("a port in use is an error that names the option to change", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const data = mkdtempSync(join(tmpdir(), "pipit-cli-"));
    const { status, err } = await pipit("serve", "--port", `${port}`, "--data", data);
    server.close();
    expect([status, err]).toEqual([2, expect.stringMatching(/another process listens on.* Give --port another/)]);
  });

  test.runIf(process.platform === "linux")(
    "a folder that cannot be made is told at once, wherever one is named",
    async () => {
      for (const words of [
        ["serve", "--port", "0", "--data", "/proc/pipit"],
        ["models", "pack", "--from", tmpdir(), "--to", "/proc/pipit"],
      ]) {
        const { status, err } = await pipit(...words);
        expect([status, err]).toEqual([2, expect.stringContaining("got ")]);
        expect(err).not.toMatch(/\n\s+at /);
      }
      const { out } = await pipit("doctor", "--port", "0", "--data", "/proc/pipit");
      expect(out).toContain("missing  data folder /proc/pipit: /proc refuses new files");
    },
  );

  test("a data folder that is a file is refused in a sentence", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "pipit-cli-")), "file");
    writeFileSync(file, "");
    const { status, err } = await pipit("serve", "--port", "0", "--data", file);
    expect([status, err]).toEqual([2, expect.stringMatching(/where a file lies.* Name another folder with --data/)]);
    expect(err).not.toMatch(/\n\s+at /);
    const asked = await pipit("doctor", "--data", file);
    expect([asked.status, asked.out]).toEqual([1, expect.stringContaining(`missing  data folder ${file}`)]);
  });

  test("lists models with size, fidelity and space", async () => {
    expect((await pipitHere("models", "list")).out).toMatch(
      /all-MiniLM-L6-v2 q8: 22\.9 MB, cosine to fp32 .* space [0-9a-f]{32}/,
    );
  });

  test("says which sources it asked when a model is nowhere", async () => {
    const empty = mkdtempSync(join(tmpdir(), "pipit-cli-"));
    const { status, err } = await pipit("models", "verify", "--from", empty);
    expect(status).toBe(2);
    expect(err).toContain(empty);
  });

  test("a file with wrong bytes is refused and not pulled", async () => {
    const [from, to] = [mkdtempSync(join(tmpdir(), "pipit-cli-")), mkdtempSync(join(tmpdir(), "pipit-cli-"))];
    await mkdir(join(from, "all-MiniLM-L6-v2"));
    writeFileSync(join(from, "all-MiniLM-L6-v2/tokenizer.json"), "{}");
    const { status, err } = await pipit("models", "pull", "--from", from, "--to", to);
    expect(status).toBe(2);
    expect(err).toContain("da0e79933b9ed517");
    expect(readdirSync(to)).toEqual([]);
  });

  test("weights of another model are not packed", async () => {
    const to = mkdtempSync(join(tmpdir(), "pipit-cli-"));
    const { files } = await minilmTwin();
    writeFileSync(join(to, "twin.onnx"), files.weights);
    const { status, err } = await pipit("models", "pack", "--file", join(to, "twin.onnx"), "--to", join(to, "out"));
    expect(status).toBe(2);
    expect(err).toContain("2 layers of 48 channels");
    expect(readdirSync(to)).toEqual(["twin.onnx"]);
  });

  // These two need real weights. The fixture prints the reason when they are skipped.
  test.skipIf(!minilmFolder)("pulls a model, and lists what lies in the folder by then", async () => {
    const to = mkdtempSync(join(tmpdir(), "pipit-cli-"));
    await mkdir(join(to, "all-MiniLM-L6-v2/pipit"), { recursive: true });
    writeFileSync(join(to, "all-MiniLM-L6-v2/pipit/encoder.pipit"), "placed by hand");
    const { status } = await pipit("models", "pull", "--from", join(minilmFolder!, ".."), "--to", to);
    expect(status).toBe(0);
    expect(listedIn(to)).toEqual([
      "all-MiniLM-L6-v2/pipit/encoder.pipit",
      "Xenova/all-MiniLM-L6-v2/tokenizer.json",
      "Xenova/all-MiniLM-L6-v2/onnx/model_quantized.onnx",
    ]);
  });

  test.skipIf(!minilmFolder)("packs MiniLM to the file that was measured, and proves it", async () => {
    const to = mkdtempSync(join(tmpdir(), "pipit-cli-"));
    const from = join(minilmFolder!, "..");
    const { status, out } = await pipit("models", "pack", "--from", from, "--to", to);
    expect(status).toBe(0);
    expect(out).toContain("packed 6 of 6 layers");
    expect(out).toContain(`minilm-kernel: cosine to fp32 0.9976 mean`);
    expect(listedIn(to)).toEqual(["Xenova/all-MiniLM-L6-v2/pipit/encoder.pipit"]);
    const proof = await pipit("models", "prove", "--variant", "packed", "--from", `${to},${from}`);
    expect(proof.out).toMatch(/packed on this machine's CPU: proven/);
  });

  test("doctor finds a database that is damaged", async () => {
    const data = mkdtempSync(join(tmpdir(), "pipit-cli-"));
    writeFileSync(join(data, "pipit.sqlite"), "a text");
    const { status, out } = await pipit("doctor", "--port", "0", "--data", data);
    expect([status, out]).toEqual([1, expect.stringMatching(/missing {2}database .*which is damaged/)]);
  });

  test.each([
    ["Give PORT a port number", { PORT: "abc" }],
    ["ftp://models.example in PIPIT_MODELS", { PIPIT_MODELS: "ftp://models.example" }],
  ])("doctor names the variable that it refuses: %s", async (said, env) => {
    for (const [variable, value] of Object.entries(env)) vi.stubEnv(variable, value);
    const { status, err } = await pipitHere("doctor");
    expect([status, err]).toEqual([2, expect.stringContaining(said)]);
  });

  test("doctor finds whether the places together have a model: tokenizer and weights", async () => {
    const [first, second] = [0, 1].map(() => mkdtempSync(join(tmpdir(), "pipit-cli-"))) as [string, string];
    const ask = async (...places: string[]) => pipit("doctor", "--port", "0", "--models", places.join(","));
    const put = (folder: string, path: string) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), "bytes");
    };
    put(first, "all-MiniLM-L6-v2/tokenizer.json");
    const alone = await ask(first);
    expect([alone.status, alone.out]).toEqual([1, expect.stringMatching(/ok {7}models in .*: all-MiniLM-L6-v2\/tok/)]);
    expect(alone.out).toMatch(/missing {2}model all-MiniLM-L6-v2: no place has its weights/);
    put(second, "Xenova/all-MiniLM-L6-v2/pipit/encoder.pipit");
    expect((await ask(second)).out).toMatch(/missing {2}model all-MiniLM-L6-v2: no place has its tokenizer\.json/);
    const both = await ask(first, second);
    expect([both.status, both.out]).toEqual([0, expect.stringMatching(/ok {7}model .*: complete \(minilm-kernel\)/)]);
    const empty = await ask(mkdtempSync(join(tmpdir(), "pipit-cli-")));
    expect([empty.status, empty.out]).toEqual([
      1,
      expect.stringMatching(/missing {2}models in .*: no file of all-MiniLM/),
    ]);
  });

  test("doctor lists what is installed", async () => {
    const { out } = await pipit("doctor", "--port", "0");
    expect(out).toMatch(/ok {7}port 0: is free/);
    expect(out).toMatch(/ok {7}search kernels: (relaxed|plain) SIMD, \d+ cores/);
    expect(out).toMatch(/ok {7}SQLite: opens/);
    expect(out).toMatch(/ok {7}encoder kernel: build (relaxed|maddubs|simd) /);
    expect(out).toMatch(/ok {7}ONNX Runtime.*: version/);
  });
});

/** The files that a folder's listing of model files names. */
function listedIn(folder: string): string[] {
  const listing = parseListing(readFileSync(join(folder, "files.json"), "utf8"));
  return [...(listing ?? [])].flatMap(([path, bytes]) => (bytes === null ? [] : [path]));
}
