/**
 * `npm run check` (a minute on two cores, no browser) and `npm run check:all` (browsers, workerd, end to end, the WASM rebuilt and compared).
 * Runs every step even when one fails, prints what failed, and ends with the line `N passed, N failed, N skipped`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** A vitest step reports the number of its tests; any other step counts as one. */
  readonly tests?: true;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const isLong = process.argv.includes("all");
// Random tests take more cases and larger sets with this variable.
const env = isLong ? { ...process.env, PIPIT_FULL: "1" } : process.env;
const scratch = mkdtempSync(join(tmpdir(), "pipit-check-"));

const vitest = (name: string, projects: readonly string[], more: readonly string[] = []): Step => ({
  name,
  command: ["vitest", "run", ...projects.flatMap((project) => ["--project", project]), ...more],
  tests: true,
});

// Vitest leaves one core free.
const ALL_CORES = ["--maxWorkers=100%"];

const QUICK: readonly Step[] = [
  { name: "format and lint", command: ["biome", "ci", "--error-on-warnings", "."] },
  { name: "types", command: ["tsc", "-b"] },
  vitest("units and contracts", ["unit", "contracts", "alone"], ALL_CORES),
];

const LONG: readonly Step[] = [
  { name: "wasm rebuilt and compared", command: ["npm", "run", "verify", "-w", "@pipit/wasm"] },
  { name: "build", command: ["npm", "run", "build"] },
  vitest("long", ["long"], ALL_CORES),
  vitest("node", ["node"]),
  { name: "types of the workerd tests", command: ["tsc", "-p", "test/runtimes/workerd"] },
  vitest("workerd", ["workerd"]),
  vitest("browser", ["browser"]),
  vitest("end to end", ["e2e"]),
];

function run({ name, command, tests }: Step): Tally {
  console.log(`\n== ${name}`);
  const report = join(scratch, `${name}.json`);
  const reporters = tests ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`] : [];
  const [program = "", ...args] = [...command, ...reporters];
  const start = performance.now();
  const { status } = spawnSync(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env });
  console.log(
    `== ${name}: ${status === 0 ? "passed" : "FAILED"} in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  return tests ? tallyOf(report, status) : { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

function tallyOf(report: string, status: number | null): Tally {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
    // A run that failed outside a test (a crash, a file that does not load) must count as a failure.
    const failed = numFailedTests === 0 && status !== 0 ? 1 : numFailedTests;
    return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const steps = isLong ? [...QUICK, ...LONG] : QUICK;
const tallies = steps.map((step) => ({ step, ...run(step) }));
rmSync(scratch, { recursive: true });
const failed = tallies.filter((tally) => tally.failed > 0).map((tally) => tally.step.name);
if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
const sum = (count: keyof Tally) => tallies.reduce((total, tally) => total + tally[count], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = failed.length > 0 ? 1 : 0;
