/**
 * Builds the modules that lie in build/. They are committed so that nobody needs the compiler to run Pipit; with
 * `--check` they are built anew elsewhere and compared byte for byte, so that what is committed is what the source says.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const ROOM = fileURLToPath(new URL(".", import.meta.url));
const COMMITTED = join(ROOM, "build");
const FEATURES = { "search-relaxed": "simd,relaxed-simd", "search-simd": "simd" };

async function compile(name: string, features: string, folder: string): Promise<void> {
  const target = join(folder, `${name}.wasm`);
  const { error, stderr } = await asc.main([
    ...["assembly/search/search.ts", "--outFile", target, "--baseDir", ROOM],
    ...["--enable", features, "--runtime", "stub", "--importMemory", "--use", "abort="],
    ...["-O3", "--converge", "--noAssert"],
  ]);
  if (error) throw new Error(`${name} does not compile:\n${stderr.toString()}`);
}

async function buildInto(folder: string): Promise<void> {
  for (const [name, features] of Object.entries(FEATURES)) await compile(name, features, folder);
}

async function compareWithCommitted(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-wasm-"));
  try {
    await buildInto(folder);
    for (const name of Object.keys(FEATURES)) await assertSame(`${name}.wasm`, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function assertSame(file: string, folder: string): Promise<void> {
  const [built, committed] = await Promise.all([readFile(join(folder, file)), readFile(join(COMMITTED, file))]);
  if (!built.equals(committed)) throw new Error(`build/${file} is not what assembly/ says: npm run build -w wasm`);
  console.log(`build/${file}: ${committed.length} bytes, as the source says`);
}

await (process.argv.includes("--check") ? compareWithCommitted() : buildInto(COMMITTED));
