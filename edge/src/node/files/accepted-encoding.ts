/** The content encoding of an answer. */
export type Encoding = "br" | "gzip" | "identity";

/**
 * The best of the `offered` encodings, which are in order of preference, or undefined if the caller refuses all. A quality of zero
 * refuses. An encoding that is not named has the quality of `*`; `identity` is acceptable unless refused.
 */
export function acceptedEncoding(header: string | undefined, offered: readonly Encoding[]): Encoding | undefined {
  if (header === undefined) return offered.includes("identity") ? "identity" : undefined;
  const qualities = qualitiesOf(header);
  const quality = (encoding: Encoding) =>
    qualities.get(encoding) ?? qualities.get("*") ?? (encoding === "identity" ? LAST_RESORT : 0);
  const [best] = [...offered].sort((a, b) => quality(b) - quality(a));
  return best !== undefined && quality(best) > 0 ? best : undefined;
}

// Less than the smallest quality in a header, which has three digits at most.
const LAST_RESORT = 0.0001;

function qualitiesOf(header: string): Map<string, number> {
  const qualities = new Map<string, number>();
  for (const part of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
    const given = parameters.find((text) => /^q\s*=/.test(text));
    const quality = given === undefined ? 1 : Number(given.slice(given.indexOf("=") + 1));
    qualities.set(name === "x-gzip" ? "gzip" : name, quality >= 0 && quality <= 1 ? quality : 0);
  }
  return qualities;
}
