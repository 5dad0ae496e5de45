/** The known word that is closest to a mistyped one; undefined if none is close. */
export function closestWord(word: string, known: readonly string[]): string | undefined {
  if (word === "") return undefined;
  const begun = known.filter((each) => each.startsWith(word));
  if (begun.length === 1) return begun[0];
  const ranked = known.map((each) => [distance(word.toLowerCase(), each), each] as const).sort(([a], [b]) => a - b);
  const [best] = ranked;
  return best && best[0] <= Math.max(1, Math.floor(best[1].length / 3)) ? best[1] : undefined;
}

/** Edit distance: letters to change, insert, delete, or swap with the next (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const [before, next] = [rows[i - 1]!, [i]];
    for (let j = 1; j <= b.length; j++) {
      const changed = before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? rows[i - 2]![j - 2]! + 1 : changed;
      next.push(Math.min(changed, swapped, before[j]! + 1, next[j - 1]! + 1));
    }
    rows.push(next);
  }
  return rows[a.length]![b.length]!;
}
