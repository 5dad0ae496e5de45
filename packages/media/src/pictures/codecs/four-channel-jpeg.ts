import { codecUnavailable } from "../media-error.ts";
import type { PictureCodec } from "./raster.ts";

/** jpeg-js counts its memory in megabytes. The pixels were counted before. */
const MOST_MEGABYTES = 4096;

/** CMYK and YCCK pictures, which MozJPEG does not convert to RGB, by jpeg-js. */
export const fourChannelJpegCodec: PictureCodec = async (file) => {
  const { default: library } = await import("jpeg-js").catch((cause) => {
    throw codecUnavailable(cause);
  });
  const { width, height, data } = library.decode(file, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: Number.POSITIVE_INFINITY,
    maxMemoryUsageInMB: MOST_MEGABYTES,
  });
  return { width, height, channels: 3, data };
};
