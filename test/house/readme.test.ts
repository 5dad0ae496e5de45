import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
// Inside the checkout, so that the lines find the packages as a user's own file would.
const folder = mkdtempSync(join(root, "test/.readme-"));

afterAll(() => rmSync(folder, { recursive: true }));

describe("README", () => {
  test("its lines of library code run and print what it says they print", async () => {
    const code = fenced("js");
    writeFileSync(join(folder, "lines.mjs"), code);
    const run = promisify(execFile)(process.execPath, ["--conditions=pipit-source", join(folder, "lines.mjs")]);
    expect((await run).stdout.trim()).toBe(fenced("text").trim());
    expect(code.trim().split("\n").length).toBeLessThanOrEqual(22);
  });

  test("begins with two commands that exist", () => {
    const scripts = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
    const commands = fenced("sh");
    expect(commands).toContain("npm ci && npm start");
    expect(commands).toContain("npm test");
    for (const [, name = ""] of readme.matchAll(/`npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name);
  });

  test("its map names every room", () => {
    const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const room of workspaces) expect(readme).toContain(`\`${room}\``);
  });
});

/** The first fenced block of that language. */
function fenced(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? "";
}
