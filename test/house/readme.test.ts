import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startNodeServer } from "@pipit/edge/node";
import { afterAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
// Inside the checkout, so that the code can import the packages.
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

  test("its requests of the edge API are answered, by a server that was just started", async ({ skip }) => {
    skip(!hasCurl(), "no curl on this machine");
    const { url, close } = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder: join(folder, "data") });
    const commands = fenced("sh", "curl")
      .replaceAll("localhost:3000", new URL(url).host)
      .replaceAll("curl ", "curl -sS ");
    const { stdout } = await promisify(execFile)("sh", ["-euc", commands]).finally(close);
    const [created, added, found] = stdout
      .replaceAll("}{", "}\n{")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(created).toMatchObject({ name: "docs", entries: 0 });
    expect(added).toEqual({ added: 1, skipped: [] });
    expect(found.hits).toMatchObject([{ id: "lark", entry: { text: "The skylark hangs high above open fields." } }]);
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

/** The first fenced block of this language that contains the words. */
function fenced(language: string, words = ""): string {
  const blocks = readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"));
  return Array.from(blocks, ([, block = ""]) => block).find((block) => block.includes(words)) ?? "";
}

function hasCurl(): boolean {
  return spawnSync("curl", ["--version"]).status === 0;
}
