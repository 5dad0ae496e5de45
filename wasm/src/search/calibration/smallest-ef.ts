export interface EfRange {
  readonly least: number;
  readonly most: number;
}

export interface EfFound {
  readonly ef: number;
  /** 0 to 1; below the target when even the widest search does not reach it. */
  readonly recall: number;
}

/** The least ef that reaches the target, to an eighth: doubled until it does, then halved in between. */
export async function smallestEf(
  recallAt: (ef: number) => Promise<number>,
  target: number,
  { least, most }: EfRange,
): Promise<EfFound> {
  let short = least - 1;
  let reached = { ef: least, recall: await recallAt(least) };
  while (reached.recall < target && reached.ef < most) {
    short = reached.ef;
    const ef = Math.min(2 * reached.ef, most);
    reached = { ef, recall: await recallAt(ef) };
  }
  if (reached.recall < target) return reached;
  while (reached.ef - short > Math.max(1, short / 8)) {
    const ef = Math.floor((short + reached.ef) / 2);
    const recall = await recallAt(ef);
    if (recall >= target) reached = { ef, recall };
    else short = ef;
  }
  return reached;
}
