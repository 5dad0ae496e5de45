import { openPictureDecoder } from "@pipit/media/node";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type PictureCase, pictureCases } from "../../fixtures/pictures/picture-cases.ts";
import { jpegOf, webpOf } from "../../fixtures/pictures/picture-encoders.ts";
import { pictureWalkThrough, type SeenPicture } from "../../fixtures/pictures/picture-walk-through.ts";
import { bytesOf, rgbPng, u16le, u32le } from "../../fixtures/pictures/picture-writers.ts";
import { usePages } from "./open-page.ts";

describe("a worker of a built page", () => {
  const pages = usePages();

  test("sees in every picture the pixels that Node sees, and refuses what Node refuses", async () => {
    const { pictures, refused } = await pictureCases();
    const files = [...pictures, ...refused];
    const onNode = await pictureWalkThrough(openPictureDecoder(), files);
    expect(await seenInWorker(await pages.open(), files)).toEqual(onNode);
  });

  test("leaves a format that no codec here knows to the browser", async () => {
    const page = await pages.open();
    const [icon] = await seenInWorker(page, [{ name: "icon.ico", bytes: iconOf(rgbPng(16, 16)) }]);
    expect(icon).toMatchObject({ size: "16 x 16" });
    const [tiff] = await seenInWorker(page, [{ name: "scan.tiff", bytes: bytesOf("II*\0", u32le(8), "........") }]);
    expect(tiff).toEqual({ name: "scan.tiff", size: "unsupported" });
  });
});

describe("a worker of unbuilt modules", () => {
  const pages = usePages({ scripts: "source" });

  test("finds the codecs' files", async () => {
    const files = [
      { name: "a.jpg", bytes: await jpegOf(40, 30) },
      { name: "b.webp", bytes: await webpOf(40, 30) },
      { name: "c.png", bytes: rgbPng(40, 30) },
    ];
    const onNode = await pictureWalkThrough(openPictureDecoder(), files);
    expect(await seenInWorker(await pages.open(), files)).toEqual(onNode);
  });
});

/** An icon file with one PNG picture. */
function iconOf(png: Uint8Array): Uint8Array {
  const entry = [16, 16, 0, 0, ...u16le(1), ...u16le(32), ...u32le(png.length), ...u32le(22)];
  return bytesOf(u16le(0), u16le(1), u16le(1), entry, png);
}

function seenInWorker(page: Page, files: readonly PictureCase[]): Promise<SeenPicture[]> {
  const sent = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
  return page.evaluate(async (given) => {
    const files = given.map(async ({ name, base64 }) => {
      const response = await fetch(`data:application/octet-stream;base64,${base64}`);
      return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
    });
    const worker = new Worker(new URL("./picture-worker.ts", location.href), { type: "module" });
    const sent = await Promise.all(files);
    const answer = await new Promise<MessageEvent>((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(sent);
    });
    worker.terminate();
    return answer.data;
  }, sent);
}
