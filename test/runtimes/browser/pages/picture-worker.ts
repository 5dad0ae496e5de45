import { openPictureDecoder } from "@pipit/media/web";
import { pictureWalkThrough } from "../../../fixtures/pictures/picture-walk-through.ts";

/** Decodes the files that it is sent, and says what it saw. */
self.onmessage = async ({ data }: MessageEvent<readonly { name: string; bytes: Uint8Array }[]>) => {
  self.postMessage(await pictureWalkThrough(openPictureDecoder(), data));
};
