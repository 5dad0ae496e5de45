/** The known word that a mistyped one is most likely to mean; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((each) => [distance(word, each), each] as const).sort(([a], [b]) => a - b);
  const [best] = ranked;
  return best && best[0] <= Math.max(1, Math.floor(best[1].length / 3)) ? best[1] : undefined;
}

/** Letters to change, put in or take out (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
