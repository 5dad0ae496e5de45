import type { Raster } from "./pictures/codecs/raster.ts";

/**
 * The browser's own decoder, for formats that the codecs here do not know. It is asked to leave colours as they are stored, and turns the
 * picture itself. Larger pictures than `maxPixels` are given back without their pixels being read.
 */
export async function browserDecoder(file: Uint8Array<ArrayBuffer>, maxPixels: number): Promise<Raster | undefined> {
  const bitmap = await createImageBitmap(new Blob([file]), {
    colorSpaceConversion: "none",
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
  }).catch(() => undefined);
  if (!bitmap) return undefined;
  try {
    const { width, height } = bitmap;
    const data = width * height > maxPixels ? new Uint8Array() : pixelsOf(bitmap);
    return { width, height, channels: 4, data };
  } finally {
    bitmap.close();
  }
}

function pixelsOf(bitmap: ImageBitmap): Uint8ClampedArray {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser draws on no canvas outside a page");
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}
