/**
 * Prepares a package for `npm pack`, from the package's folder. `prepack` copies the licence and removes from package.json what works in a
 * clone only; `postpack` restores the original. If a pack was killed in between, the next one restores it.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type Manifest = Record<string, unknown>;

const LICENSE = fileURLToPath(new URL("../../../LICENSE", import.meta.url));
const OWN = "package.json.own";

const [event] = process.argv.slice(2);
if (event === "prepack") prepack();
else postpack();

function prepack(): void {
  if (existsSync(OWN) && readFileSync("package.json", "utf8") === packed(OWN)) postpack();
  copyFileSync(LICENSE, "LICENSE");
  copyFileSync("package.json", OWN);
  writeFileSync("package.json", packed(OWN));
}

function postpack(): void {
  if (existsSync(OWN)) renameSync(OWN, "package.json");
  rmSync("LICENSE", { force: true });
}

function packed(path: string): string {
  const { scripts: _, devDependencies: __, ...manifest }: Manifest = JSON.parse(readFileSync(path, "utf8"));
  return `${JSON.stringify({ ...manifest, exports: withoutSource(manifest.exports) }, undefined, 2)}\n`;
}

/** Sources are not packed, and Node reads no TypeScript of installed packages. An export for clones only is removed entirely. */
function withoutSource(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null) return entry;
  const kept = Object.entries(entry).filter(([condition]) => condition !== "pipit-source");
  const packed = kept.map(([name, value]) => [name, withoutSource(value)] as const);
  return Object.fromEntries(
    packed.filter(([, value]) => typeof value !== "object" || Object.keys(value ?? {}).length > 0),
  );
}
