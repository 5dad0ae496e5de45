import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPipitError, type PipitError } from "@pipit/core";
import { afterAll, describe, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

const root = mkdtempSync(join(tmpdir(), "pipit-folder-"));
afterAll(() => rmSync(root, { recursive: true }));

const refused = async (path: string): Promise<PipitError> => {
  const error = await makeFolder(path, "Name another with --data.").catch((reason) => reason);
  expect(isPipitError(error), `${path}: ${error}`).toBe(true);
  return error;
};

describe("a folder to write to", () => {
  test("is made with its parents, and may exist already", async () => {
    const path = join(root, "a", "b", "c");
    await makeFolder(path);
    expect(existsSync(path)).toBe(true);
    await makeFolder(path);
  });

  test("is made by several at once", async () => {
    const path = join(root, "many", "at", "once");
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    expect(existsSync(path)).toBe(true);
  });

  test("may be a link to one", async () => {
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "link"));
    await makeFolder(join(root, "link", "inside"));
    expect(existsSync(join(root, "real", "inside"))).toBe(true);
  });

  test("is refused if it, or a parent, is a file", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect((await refused(file)).message).toMatch(/where a file lies, .* Name another with --data\./);
    expect((await refused(join(file, "x", "y"))).message).toContain("which leads through a file");
  });

  test("is refused where a link leads nowhere", async () => {
    symlinkSync(join(root, "nowhere", "at all"), join(root, "dangling"));
    expect(await refused(join(root, "dangling"))).toMatchObject({ code: "storage-failed" });
    expect(await refused(join(root, "dangling", "x"))).toMatchObject({ code: "storage-failed" });
  });

  test("is refused with the system's own words where there are no others", async () => {
    expect((await refused(join(root, "a\0b"))).message).toContain("null bytes");
  });

  test("is refused where its name is too long", async () => {
    expect((await refused(join(root, "x".repeat(300)))).message).toContain("whose name is too long");
  });

  // Node's recursive mkdir never ends for the first path: its parent exists, but the system reports that parent as missing.
  test.runIf(process.platform === "linux")("is refused at once if the system allows no new folder", async () => {
    const began = performance.now();
    expect((await refused("/proc/pipit/data")).message).toContain("where no folder can be made");
    expect((await refused("/sys/pipit/data")).message).toMatch(/may not write to|cannot be written to/);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
