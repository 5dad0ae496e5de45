import { characterEnd } from "@pipit/core";

/** A whole number with commas between thousands. The first use of `Intl` holds a page up by up to 100 ms, just before the first hits. */
export function withCommas(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** "1 file", "12 files". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${withCommas(count)} ${count === 1 ? one : many}`;
}

const UNITS = ["bytes", "kB", "MB", "GB"];

/** Bytes in readable units: 1 kB is 1,000 bytes. */
export function bytesInWords(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  return `${value < 100 ? Math.round(value * 10) / 10 : withCommas(Math.round(value))} ${UNITS[power]}`;
}

export function milliseconds(value: number): string {
  return value < 1 ? "under 1 ms" : `${withCommas(Math.round(value))} ms`;
}

/** The text, or its beginning up to a whole character, without surrounding white space. */
export function beginningOf(text: string, most: number): string {
  const whole = text.trim();
  return whole.slice(0, characterEnd(whole, 0, most)).trimEnd();
}
