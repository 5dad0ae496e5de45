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
  test("without a verb lists the verbs", async () => {
    const { status, out } = await pipit();
    expect(status).toBe(0);
    for (const verb of ["serve", "models", "doctor"]) expect(out).toContain(`pipit ${verb}`);
  });

  test("an unknown verb or flag ends with status 2 and no stack", async () => {
    expect((await pipit("sing")).status).toBe(2);
    const { status, err } = await pipit("doctor", "--loud");
    expect(status).toBe(2);
    expect(err).not.toMatch(/\n\s+at /);
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
    const { out } = await pipit("doctor");
    expect(out).toMatch(/ok {7}SQLite: opens/);
    expect(out).toMatch(/ok {7}encoder kernel: build (relaxed|maddubs|simd) /);
    expect(out).toMatch(/ok {7}ONNX Runtime.*: version/);
  });
});
