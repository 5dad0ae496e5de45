import { readFileSync } from "node:fs";
import { openStarter } from "../src/starter.ts";

const beside = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url));

/** The file that ships, as fresh bytes that a test may damage. */
export const shippedFile = () => new Uint8Array(beside("starter.pipit"));

/** Texts and the vectors that the trainer computed from the very numbers in the file. */
export const golden = () => JSON.parse(beside("golden.json").toString()) as { text: string; vector: number[] }[];

export const shipped = openStarter(shippedFile());

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
}
