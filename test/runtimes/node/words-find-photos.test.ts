import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { exactIndex, type Piece, picturePiece } from "@pipit/core";
import { openPictureDecoder } from "@pipit/media/node";
import { expect, test } from "vitest";
import { captionedPhotos, standIn } from "../../fixtures/stand-in.ts";

const photos = captionedPhotos();
const embedder = await standIn();

/** Without the weights there is nothing that relates words to photos. */
test.skipIf(!photos || !embedder)("captions find their photos, and a photo finds itself", async () => {
  const decoder = openPictureDecoder();
  const pieces: Piece[] = [];
  for (const { path } of photos!) {
    const file = await readFile(path);
    pieces.push(picturePiece(await decoder.decode(file), createHash("sha256").update(file).digest("hex")));
  }
  const { dimensions } = embedder!.space;
  const vectors = await embedder!.embed(pieces, { priority: "bulk" });
  const index = await exactIndex.create(dimensions);
  await index.add(Uint32Array.from(pieces.keys()), vectors);

  const captions = photos!.flatMap(({ captions }) => captions);
  const asked = await embedder!.embed(captions.map((text) => ({ modality: "text", text })));
  let found = 0;
  for (const at of captions.keys()) {
    const { rows } = await index.search(asked.subarray(at * dimensions, (at + 1) * dimensions), { k: 10 });
    if (rows.includes(Math.floor(at / 5))) found += 1;
  }
  console.log(
    `recall@10 of ${captions.length} captions among ${pieces.length} photos: ${(found / captions.length).toFixed(3)}`,
  );
  expect(found / captions.length).toBeGreaterThan(0.8);

  const own = await index.search(vectors.subarray(7 * dimensions, 8 * dimensions), { k: 1 });
  expect([...own.rows]).toEqual([7]);
  await embedder!.close();
});
