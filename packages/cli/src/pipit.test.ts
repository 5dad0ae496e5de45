import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { minilmFolder } from "../../../test/fixtures/minilm.ts";
import { minilmTwin } from "../../../test/fixtures/minilm-twin.ts";

const door = fileURLToPath(new URL("./pipit.ts", import.meta.url));

function pipit(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const node = ["--conditions=pipit-source", "--disable-warning=ExperimentalWarning", door, ...args];
    execFile(process.execPath, node, (error, out, err) => resolve({ status: Number(error?.code ?? 0), out, err }));
  });
}

describe("pipit", () => {
  test.each([[], ["help"], ["--help"], ["-h"]])("lists its commands for %j", async (...words) => {
    const { status, out } = await pipit(...words);
    expect(status).toBe(0);
    for (const command of ["serve", "models", "doctor"]) expect(out).toContain(`pipit ${command}`);
  });

  test.each([
    ["serve", "--help"],
    ["help", "serve"],
    ["serve", "-h"],
  ])("says what a command takes for %s %s", async (...words) => {
    const { status, out } = await pipit(...words);
    expect(status).toBe(0);
    for (const option of ["--port PORT", "--host HOST", "--data FOLDER"]) expect(out).toContain(option);
  });

  test("says what each verb of models does", async () => {
    const { out } = await pipit("models", "--help");
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
    [["models", "pul"], "perhaps pull"],
    [["sing"], "one of serve, models, doctor"],
    [["serve", "loudly"], "no word behind it"],
    [["models", "list", "twice"], "one word at most"],
    [["serve", "--port"], "--port PORT"],
    [["models", "verify", "--variant", "q9"], "one of fp32, q8, packed"],
    [["models", "pull"], "--to FOLDER"],
  ])("what is mistyped in %j is told with what would do, status 2 and no stack", async (words, said) => {
    const { status, err } = await pipit(...words);
    expect([status, err]).toEqual([2, expect.stringContaining(said)]);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test.each(["abc", "70000", "3000x", "-1", "1e3", ""])("the port %j is refused in a sentence", async (port) => {
    const { status, err } = await pipit("serve", `--port=${port}`);
    expect(status).toBe(2);
    expect(err).toMatch(port === "" ? /--port without a value/ : /expected a whole number from 0 to 65535/);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test("a data folder that is a file is refused in a sentence", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "pipit-cli-")), "file");
    writeFileSync(file, "");
    const { status, err } = await pipit("serve", "--port", "0", "--data", file);
    expect([status, err]).toEqual([2, expect.stringContaining("name another folder")]);
    expect(err).not.toMatch(/\n\s+at /);
    const asked = await pipit("doctor", "--data", file);
    expect([asked.status, asked.out]).toEqual([1, expect.stringContaining(`missing  data folder ${file}`)]);
  });

  test("lists models with size, fidelity and space", async () => {
    expect((await pipit("models", "list")).out).toMatch(
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

  test.skipIf(!minilmFolder)("packs MiniLM to the file that was measured, and proves it", async () => {
    const to = mkdtempSync(join(tmpdir(), "pipit-cli-"));
    const from = join(minilmFolder!, "..");
    const { status, out } = await pipit("models", "pack", "--from", from, "--to", to);
    expect(status).toBe(0);
    expect(out).toContain("packed 6 of 6 layers");
    expect(out).toContain(`minilm-kernel: cosine to fp32 0.9976 mean`);
    const proof = await pipit("models", "prove", "--variant", "packed", "--from", `${to},${from}`);
    expect(proof.out).toMatch(/packed on this machine's CPU: proven/);
  });

  test("doctor tells what is there", async () => {
    const { out } = await pipit("doctor", "--port", "0");
    expect(out).toMatch(/ok {7}port 0: is free/);
    expect(out).toMatch(/ok {7}search kernels: (relaxed|plain) SIMD, \d+ cores/);
    expect(out).toMatch(/ok {7}SQLite: opens/);
    expect(out).toMatch(/ok {7}encoder kernel: build (relaxed|maddubs|simd) /);
    expect(out).toMatch(/ok {7}ONNX Runtime.*: version/);
  });
});
