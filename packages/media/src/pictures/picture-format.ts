/** The formats that every host decodes to the same pixels. */
export type PictureFormat = "jpeg" | "png" | "webp" | "gif" | "bmp";

/** The formats that only the host's own decoder may know: pixels may differ between hosts. */
export type ForeignFormat = "avif" | "heic" | "tiff" | "jxl" | "ico";

/** The format of a picture by its first bytes, whatever its name says; `undefined` if they are of none that is known here. */
export function formatOf(bytes: Uint8Array): PictureFormat | ForeignFormat | "svg" | undefined {
  return SIGNATURES.find(([, isOne]) => isOne(bytes))?.[0];
}

type Signature = readonly [PictureFormat | ForeignFormat | "svg", (bytes: Uint8Array) => boolean];

const SIGNATURES: readonly Signature[] = [
  ["jpeg", (bytes) => starts(bytes, [0xff, 0xd8, 0xff])],
  ["png", (bytes) => starts(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ["webp", (bytes) => textAt(bytes, 0, 4) === "RIFF" && textAt(bytes, 8, 4) === "WEBP"],
  ["gif", (bytes) => /^GIF8[79]a$/.test(textAt(bytes, 0, 6))],
  ["bmp", (bytes) => textAt(bytes, 0, 2) === "BM" && textAt(bytes, 6, 4) === "\0\0\0\0"],
  ["avif", (bytes) => textAt(bytes, 4, 4) === "ftyp" && /^avi[fs]$/.test(textAt(bytes, 8, 4))],
  ["heic", (bytes) => textAt(bytes, 4, 4) === "ftyp" && /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(textAt(bytes, 8, 4))],
  ["tiff", (bytes) => starts(bytes, [0x49, 0x49, 0x2a, 0]) || starts(bytes, [0x4d, 0x4d, 0, 0x2a])],
  ["jxl", (bytes) => starts(bytes, [0xff, 0x0a]) || textAt(bytes, 4, 4) === "JXL "],
  ["ico", (bytes) => starts(bytes, [0, 0, 1, 0])],
  ["svg", (bytes) => /<svg[\s>]/i.test(textAt(bytes, 0, 1024).replaceAll("\0", ""))],
];

function starts(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, at) => bytes[at] === byte);
}

function textAt(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + length));
}
