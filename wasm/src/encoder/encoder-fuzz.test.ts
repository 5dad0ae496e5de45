import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ENCODER_BUILDS } from "./encoder-exports.ts";

const SEED = Number(process.env.PIPIT_SEED ?? 91);
const CASES = process.env.PIPIT_FULL ? 10_000 : 400;
const SILENCE_MS = 15_000;

test.each(ENCODER_BUILDS)(
  `${CASES} torn, damaged and forged packed encoders are refused, or open as encoders that answer (%s)`,
  async (build) => {
    const tally = await openLies([build, `${SEED}`, `${CASES}`]);
    console.log(`${tally.cases} lies: ${tally.refused} refused, ${tally.used} used (${build}, seed ${SEED})`);
    expect(tally.wrong).toEqual([]);
    expect(tally.refused + tally.used).toBe(CASES);
    expect(tally.used).toBeGreaterThan(CASES / 20);
  },
  CASES * 100 + 60_000,
);

interface Tally {
  readonly cases: number;
  readonly refused: number;
  readonly used: number;
  readonly wrong: readonly string[];
}

/** Ends the process when it has been silent for too long, and says which case it was at. */
function openLies(args: readonly string[]): Promise<Tally> {
  const script = fileURLToPath(new URL("../../../test/fixtures/encoder-open-lies.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=pipit-source", script, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let said = "";
    const silence = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS);
    const hear = (bytes: Buffer) => {
      said = (said + bytes).slice(-20_000);
      silence.refresh();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("close", (code) => {
      clearTimeout(silence);
      if (code === 0) resolve(JSON.parse(said.trim().split("\n").at(-1)!));
      else reject(new Error(`ended with ${code ?? "a hang"} at:\n${said.slice(-800)}`));
    });
  });
}
