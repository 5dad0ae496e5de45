import { tryLies } from "@pipit/test/fixtures/try-lies";
import { expect, test } from "vitest";
import { ENCODER_BUILDS } from "./encoder-exports.ts";

const SEED = Number(process.env.PIPIT_SEED ?? 91);
const CASES = process.env.PIPIT_FULL ? 4_000 : 400;

test.each(ENCODER_BUILDS)(
  `${CASES} torn, damaged and forged packed encoders are refused, or open as encoders that answer (%s)`,
  async (build) => {
    const tally = await tryLies(new URL("../../fixtures/encoder-open-lies.ts", import.meta.url), [
      build,
      `${SEED}`,
      `${CASES}`,
    ]);
    console.log(`${tally.cases} lies: ${tally.refused} refused, ${tally.used} used (${build}, seed ${SEED})`);
    expect(tally.wrong).toEqual([]);
    expect(tally.refused + tally.used).toBe(CASES);
    expect(tally.used).toBeGreaterThan(CASES / 20);
  },
  CASES * 100 + 60_000,
);
