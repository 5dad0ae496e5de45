import type { Limit } from "./tab-engine.ts";

const told = new Set<string>();

/** Writes a limit to the console, for the site's owner: once per page, even with several engines. */
export function warnOfLimit({ got, effect, do: advice }: Limit): void {
  const line = `Pipit: ${got.replace(/\.+$/, "")}. ${effect} ${advice}`;
  if (told.has(line)) return;
  told.add(line);
  console.warn(line);
}
