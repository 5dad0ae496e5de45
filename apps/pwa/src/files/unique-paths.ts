/** Makes the paths of one pick unique: a repeated path gets a number, "same.txt (2)". */
export function uniquePaths(paths: readonly string[]): string[] {
  const taken = new Set(paths);
  const seen = new Map<string, number>();
  return paths.map((path) => {
    let count = (seen.get(path) ?? 0) + 1;
    if (count > 1) while (taken.has(`${path} (${count})`)) count += 1;
    seen.set(path, count);
    return count === 1 ? path : `${path} (${count})`;
  });
}
