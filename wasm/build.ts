/**
 * Builds the modules in build/. They are committed, so that Pipit runs without the compiler; with `--check` they are built
 * again elsewhere and compared byte for byte, so that the committed modules are those of the source.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const ROOM = fileURLToPath(new URL(".", import.meta.url));
const COMMITTED = join(ROOM, "build");
const FEATURES = {
  relaxed: "simd,relaxed-simd",
  maddubs: "simd,relaxed-simd",
  simd: "simd",
  threads: "simd,relaxed-simd,threads",
};
const ENTRIES = {
  search: ["relaxed", "simd", "threads"],
  exact: ["relaxed", "simd", "threads"],
  encoder: ["relaxed", "maddubs", "simd"],
  tokens: ["simd"],
} as const;
// Which product of bytes a build of the encoder uses; assembly/encoder/dots.ts has the numbers.
const DOTS = { relaxed: 0, maddubs: 1, simd: 2, threads: 0 };
// A shared memory must declare its maximum: all that 32 bits address.
const SHARED = ["--sharedMemory", "--maximumMemory", "65536"];

/** Names given on the command line choose among the entries: `build.ts exact`. */
const chosen = process.argv.slice(2).filter((name) => !name.startsWith("--"));
const builds = Object.entries(ENTRIES)
  .filter(([entry]) => chosen.length === 0 || chosen.includes(entry))
  .flatMap(([entry, features]) => features.map((feature) => ({ entry, feature, file: `${entry}-${feature}.wasm` })));

async function compile({ entry, feature, file }: (typeof builds)[number], folder: string): Promise<void> {
  const { error, stderr } = await asc.main([
    ...[`assembly/${entry}/${entry}.ts`, "--outFile", join(folder, file), "--baseDir", ROOM],
    ...(feature === "threads" ? SHARED : []),
    ...["--enable", FEATURES[feature], "--runtime", "stub", "--importMemory", "--use", "abort="],
    ...["--use", `DOT=${DOTS[feature]}`],
    ...["-O3", "--converge", "--noAssert"],
  ]);
  if (error) throw new Error(`${file} does not compile:\n${stderr.toString()}`);
}

async function buildInto(folder: string): Promise<void> {
  for (const build of builds) await compile(build, folder);
}

async function compareWithCommitted(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-wasm-"));
  try {
    await buildInto(folder);
    for (const { file } of builds) await assertSame(file, folder);
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
