import { drawPictures, drawRows, TWIN_PICTURE, TWIN_WORDS } from "@pipit/test/fixtures/encoder-drawn";
import { bertTwin, clipPictureTwin, packTwin } from "@pipit/test/fixtures/encoder-twins";
import { below, seeded } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild, loadEncoder } from "../node.ts";
import { type EncoderOptions, openEncoder } from "./encoder.ts";

const TEXTS = process.env.PIPIT_FULL ? 400_000 : 20_000;
const module = await loadBuild("simd", "encoder");
const twin = bertTwin();
const file = await packTwin(twin, module);
const pictureFile = await packTwin(clipPictureTwin(), module);
const rows = drawRows(seeded(1), [3, 256, 1, 9, 40]);
// Some seconds of work.
const many = drawRows(seeded(2), new Array(3000).fill(60));
const values = 3 * TWIN_PICTURE ** 2;

const open = (options?: EncoderOptions) => openEncoder(module, file, options);

test("says whose vectors it makes, by which build, and how much memory it holds", async () => {
  const encoder = await open();
  const { space, producer } = twin.about;
  expect(encoder.about).toEqual({ space: { ...space, dimensions: 48 }, producer });
  expect(encoder.shape).toMatchObject({ width: 48, heads: 4, layers: 2, vocabulary: TWIN_WORDS, positions: 256 });
  expect(encoder.build).toBe("simd");
  expect(encoder.bytes).toBeGreaterThan(file.length);
});

test("loadEncoder answers with the same bits on the build that it picked", async () => {
  const [picked, plain] = await Promise.all([loadEncoder(file), open()]);
  expect(["relaxed", "maddubs"]).toContain(picked.build);
  expect(await picked.encodeTokens(rows)).toEqual(await plain.encodeTokens(rows));
});

test("no texts give no vectors", async () => {
  expect(await (await open()).encodeTokens([])).toEqual(new Float32Array(0));
});

describe("refuses as bad-input, and answers as before afterwards:", () => {
  const wrong: Record<string, readonly (readonly number[])[]> = {
    "a row of no ids": [[1, 2], []],
    "a row longer than the window": [new Array(257).fill(1)],
    "a row of ten thousand ids": [new Array(10_000).fill(1)],
    "a negative id": [[1, -1]],
    "a fraction": [[1.5]],
    "an id that is no number": [[Number.NaN]],
    "an infinite id": [[Number.POSITIVE_INFINITY]],
    "the first id beyond the vocabulary": [[0], [TWIN_WORDS]],
    "an id of 2^32": [[2 ** 32]],
  };

  test.each(Object.keys(wrong))("%s", async (name) => {
    const encoder = await open();
    const before = await encoder.encodeTokens(rows);
    await expect(encoder.encodeTokens(wrong[name]!)).rejects.toMatchObject({ code: "bad-input" });
    expect(await encoder.encodeTokens(rows)).toEqual(before);
  });

  test("pixels, where it reads tokens", async () => {
    const encoder = await open();
    await expect(encoder.encodePictures(drawPictures(seeded(1), 1))).rejects.toMatchObject({ code: "bad-input" });
  });

  test("tokens, where it reads pixels", async () => {
    const encoder = await openEncoder(module, pictureFile);
    await expect(encoder.encodeTokens(rows)).rejects.toMatchObject({ code: "bad-input" });
  });

  test.each([0, 1, values - 1, values + 1, 2 * values - 3])("%i pixel values", async (count) => {
    const encoder = await openEncoder(module, pictureFile);
    const pixels = drawPictures(seeded(1), 2);
    const before = await encoder.encodePictures(pixels);
    await expect(encoder.encodePictures(new Float32Array(count))).rejects.toMatchObject({ code: "bad-input" });
    expect(await encoder.encodePictures(pixels)).toEqual(before);
  });
});

test("the greatest id and the longest row are answered", async () => {
  const encoder = await open();
  const vectors = await encoder.encodeTokens([new Array(256).fill(TWIN_WORDS - 1)]);
  expect(vectors.every(Number.isFinite)).toBe(true);
});

test("pixels that are no numbers spoil their own picture alone", async () => {
  const encoder = await openEncoder(module, pictureFile);
  const pixels = drawPictures(seeded(1), 3);
  const whole = await encoder.encodePictures(pixels);
  const spoiled = pixels.slice();
  spoiled.fill(Number.NaN, values, 2 * values);
  const vectors = await encoder.encodePictures(spoiled);
  expect(vectors.slice(0, 24)).toEqual(whole.slice(0, 24));
  expect(vectors.slice(48)).toEqual(whole.slice(48));
  expect(await encoder.encodePictures(pixels)).toEqual(whole);
});

describe("an abort", () => {
  test("before the call begins is heard", async () => {
    const encoder = await open();
    await expect(encoder.encodeTokens(rows, AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    expect(await encoder.encodeTokens(rows)).toEqual(await (await open()).encodeTokens(rows));
  });

  test("in the middle of a batch ends it there, and the next call is right", async () => {
    const encoder = await open();
    const expected = await encoder.encodeTokens(rows);
    const aborting = new AbortController();
    const running = encoder.encodeTokens(many, aborting.signal);
    setTimeout(() => aborting.abort(), 30);
    await expect(running).rejects.toMatchObject({ code: "aborted" });
    expect(await encoder.encodeTokens(rows)).toEqual(expected);
  });

  test("between two layers of a single pass is heard", async () => {
    const encoder = await open({ passRows: 65_536 });
    const aborting = new AbortController();
    const running = encoder.encodeTokens(many.slice(0, 1000), aborting.signal);
    setTimeout(() => aborting.abort(), 0);
    await expect(running).rejects.toMatchObject({ code: "aborted" });
  });

  test("of a call that waits for its turn takes nothing from the one that has it", async () => {
    const encoder = await open();
    const aborting = new AbortController();
    const first = encoder.encodeTokens(many.slice(0, 200));
    const second = encoder.encodeTokens(rows, aborting.signal);
    aborting.abort();
    await expect(second).rejects.toMatchObject({ code: "aborted" });
    expect(await first).toEqual(await (await open()).encodeTokens(many.slice(0, 200)));
  });
});

describe("close", () => {
  test("refuses further calls and gives the memory back", async () => {
    const encoder = await open();
    encoder.close();
    encoder.close();
    await expect(encoder.encodeTokens(rows)).rejects.toMatchObject({ code: "closed" });
    await expect(encoder.encodeTokens([])).rejects.toMatchObject({ code: "closed" });
    expect(encoder.bytes).toBe(0);
  });

  test("in the middle of a batch ends it, and what waits behind it", async () => {
    const encoder = await open();
    const calls = [encoder.encodeTokens(many), encoder.encodeTokens(rows)];
    setTimeout(() => encoder.close(), 30);
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "closed" });
  });
});

test("calls at once take turns, in their order, and none disturbs another", async () => {
  const encoder = await open();
  const ended: number[] = [];
  const batches = [many.slice(0, 300), rows, many.slice(300, 310), [...rows].reverse(), many.slice(310, 500)];
  const vectors = await Promise.all(
    batches.map(async (batch, i) => {
      const vectors = await encoder.encodeTokens(batch);
      ended.push(i);
      return vectors;
    }),
  );
  expect(ended).toEqual([0, 1, 2, 3, 4]);
  const fresh = await open();
  for (const [i, batch] of batches.entries()) expect(vectors[i]).toEqual(await fresh.encodeTokens(batch));
});

test("a call that fails does not end those behind it", async () => {
  const encoder = await open();
  const [failing, following] = [encoder.encodeTokens(many, AbortSignal.timeout(20)), encoder.encodeTokens(rows)];
  await expect(failing).rejects.toThrow();
  expect(await following).toEqual(await (await open()).encodeTokens(rows));
});

test("the event loop has turns while a long batch runs", async () => {
  const encoder = await open();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await encoder.encodeTokens(many.slice(0, 1000));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});

test("rows that change after the call do not change its answer", async () => {
  const encoder = await open();
  const expected = await encoder.encodeTokens(rows);
  const given = rows.map((row) => [...row]);
  const first = encoder.encodeTokens(many.slice(0, 100));
  const second = encoder.encodeTokens(given);
  for (const row of given) row.fill(2 ** 31);
  await first;
  expect(await second).toEqual(expected);
});

describe("a file that comes in pieces", () => {
  async function* pieces(bytes: Uint8Array, sizes: () => number) {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + sizes());
      yield piece;
      at += piece.length;
    }
  }
  const random = seeded(9);

  test.each([
    ["of 1,000 bytes", () => 1000],
    ["of 64 kB", () => 65_536],
    ["of odd sizes, empty ones among them", () => below(random, 3) * below(random, 5001)],
    ["of all at once", () => Number.POSITIVE_INFINITY],
  ])("%s is the file", async (_, sizes) => {
    const streamed = await openEncoder(module, { bytes: file.length, pieces: pieces(file, sizes) });
    expect(await streamed.encodeTokens(rows)).toEqual(await (await open()).encodeTokens(rows));
  });

  test.each([1, 7, 39, 40, 41, 5000])("of %i bytes, that does not say how many come, is the file", async (size) => {
    const streamed = await openEncoder(module, { pieces: pieces(file, () => size) });
    expect(await streamed.encodeTokens(rows)).toEqual(await (await open()).encodeTokens(rows));
  });

  test.each([0, 1, 39, 40, 5000])(
    "that ends after %i bytes without having said how many come is bad-model",
    async (end) => {
      const opening = openEncoder(module, { pieces: pieces(file.subarray(0, end), () => 17) });
      await expect(opening).rejects.toMatchObject({ code: "bad-model" });
    },
  );

  test("that goes on after its end is bad-model", async () => {
    const opening = openEncoder(module, { pieces: [file, file.subarray(0, 1)] });
    await expect(opening).rejects.toMatchObject({ code: "bad-model" });
  });

  test.each([0n, 63n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n])(
    "whose head claims %d bytes is refused by name, within the memory it may have",
    async (total) => {
      const lying = file.slice();
      new DataView(lying.buffer).setBigUint64(32, total, true);
      const opening = openEncoder(module, { pieces: pieces(lying, () => 5000) }, { maxBytes: 2 ** 24 });
      await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/^(bad-model|storage-full)$/) });
    },
  );

  test("may be an ordinary list", async () => {
    const halves = [file.subarray(0, 777), file.subarray(777)];
    const encoder = await openEncoder(module, { bytes: file.length, pieces: halves });
    expect(await encoder.encodeTokens(rows)).toEqual(await (await open()).encodeTokens(rows));
  });

  test.each([-1, 1, -file.length, 64])("of %i bytes against what was announced is bad-model", async (more) => {
    const given = new Uint8Array(file.length + more);
    given.set(file.subarray(0, given.length));
    const opening = openEncoder(module, { bytes: file.length, pieces: pieces(given, () => 5000) });
    await expect(opening).rejects.toMatchObject({ code: "bad-model" });
    await expect(opening).rejects.toThrow(/ bytes/);
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 32, 2 ** 32 + file.length, Number.POSITIVE_INFINITY])(
    "announced as %d bytes is refused by name",
    async (bytes) => {
      const opening = openEncoder(module, { bytes, pieces: [file] });
      await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/^(bad-model|storage-full)$/) });
    },
  );

  test("whose source fails is heard", async () => {
    const failing = (async function* () {
      yield file.subarray(0, 5000);
      throw new Error("connection lost");
    })();
    await expect(openEncoder(module, { bytes: file.length, pieces: failing })).rejects.toThrow("connection lost");
  });
});

describe("memory", () => {
  test.each([0, 1, 65_536, 131_071, 131_072, file.length])("of %i bytes at most is storage-full", async (maxBytes) => {
    await expect(open({ maxBytes })).rejects.toMatchObject({ code: "storage-full" });
  });

  test("that a batch does not fit is storage-full, and smaller ones are still answered", async () => {
    const encoder = await open({ maxBytes: file.length + 600_000, passRows: 10_000 });
    const before = await encoder.encodeTokens([[1, 2, 3]]);
    const large = many.slice(0, 100);
    await expect(encoder.encodeTokens(large)).rejects.toMatchObject({ code: "storage-full" });
    expect(await encoder.encodeTokens([[1, 2, 3]])).toEqual(before);
    expect(await encoder.encodeTokens([[4, 5, 6, 7]])).toEqual(await (await open()).encodeTokens([[4, 5, 6, 7]]));
  });

  test(`stays what it was after the first hundred of ${TEXTS} texts`, async () => {
    const encoder = await open();
    const random = seeded(11);
    const draw = (count: number) =>
      drawRows(
        random,
        Array.from({ length: count }, () => 1 + below(random, 12)),
      );
    await encoder.encodeTokens(drawRows(random, [256, ...new Array(256).fill(1)]));
    for (let i = 0; i < 100; i++) await encoder.encodeTokens(draw(1));
    const { bytes } = encoder;
    for (let done = 100; done < TEXTS; done += 500) {
      await encoder.encodeTokens(draw(500));
      if (encoder.bytes !== bytes) expect.fail(`${encoder.bytes} bytes, not ${bytes}, after ${done} texts`);
    }
    expect(await encoder.encodeTokens(rows)).toEqual(await (await open()).encodeTokens(rows));
  }, 600_000);
});

test.each([2.5, 0, -4, 65_537, Number.NaN, Number.POSITIVE_INFINITY])(
  "%d rows of a pass are bad-input",
  async (passRows) => {
    await expect(open({ passRows })).rejects.toMatchObject({ code: "bad-input" });
  },
);

test.each([-1, Number.NaN, 2 ** 33])("%d bytes at most are bad-input", async (maxBytes) => {
  await expect(open({ maxBytes })).rejects.toMatchObject({ code: "bad-input" });
});

test("4 GiB at most are as good as nothing told", async () => {
  const encoder = await open({ maxBytes: 2 ** 32 });
  expect(await encoder.encodeTokens(rows)).toEqual(await (await open()).encodeTokens(rows));
});

test("as many texts as a pass can ever take are one pass", async () => {
  const encoder = await open({ passRows: 65_536 });
  const vectors = await encoder.encodeTokens(Array.from({ length: 65_536 }, (_, i) => [i % TWIN_WORDS]));
  expect(vectors.slice(0, 48)).toEqual(vectors.slice(48 * TWIN_WORDS, 48 * (TWIN_WORDS + 1)));
});
