import { drawRows } from "@pipit/test/fixtures/encoder-drawn";
import { bertTwin, clipPictureTwin, clipTextTwin, packTwin } from "@pipit/test/fixtures/encoder-twins";
import { below, seeded } from "@pipit/test/fixtures/seeded";
import { beforeAll, describe, expect, test } from "vitest";
import { EncoderForgery } from "../../fixtures/encoder-forgery.ts";
import { loadBuild } from "../node.ts";
import { createHnsw } from "../search/graph/hnsw.ts";
import { readContainer } from "../shared/snapshot/container-reader.ts";
import { openEncoder } from "./encoder.ts";
import { ENCODER_KIND, readEncoderFile, SECTIONS, type SectionName, sectionBytes } from "./encoder-file.ts";
import { EncoderKernel } from "./encoder-kernel.ts";
import { shapeWords } from "./encoder-shape.ts";

const module = await loadBuild("simd", "encoder");
const { hash } = new EncoderKernel(module, 2 ** 22);
const NAMES = Object.keys(SECTIONS) as SectionName[];
const WORDS = [
  ...["input", "norm", "attention", "activation", "pooling", "embeddingNorm"],
  ...["width", "layers", "heads", "inner", "vocabulary", "positions", "patch", "picture", "projection"],
];
const BAD = { code: "bad-model" };

const packed = await Promise.all(
  [bertTwin(), clipTextTwin(), clipPictureTwin()].map(async (twin) => ({ twin, file: await packTwin(twin, module) })),
);
const bert = packed[0]!.file;

const open = (file: Uint8Array) => openEncoder(module, file);

describe.each(packed)("the packed file of $twin.name", ({ twin, file }) => {
  let sections: { readonly offset: number; readonly bytes: number }[];

  beforeAll(async () => {
    sections = [...(await readContainer(file, ENCODER_KIND, hash)).sections.values()];
  });

  test("begins with PIPX, version 2, kind 16", () => {
    expect([...file.subarray(0, 12)]).toEqual([0x50, 0x49, 0x50, 0x58, 2, 0, 0, 0, 16, 0, 0, 0]);
  });

  test("has its nine sections at multiples of 64, as long as the shape says", async () => {
    expect(sections).toHaveLength(9);
    expect(sections.filter(({ offset }) => offset % 64 !== 0)).toEqual([]);
    const { shape } = await readEncoderFile(file, hash);
    const expected = sectionBytes(shape);
    expect(sections.slice(1).map(({ bytes }) => bytes)).toEqual(
      NAMES.slice(1).map((name) => Reflect.get(expected, name)),
    );
  });

  test("says of itself what the packer was told", async () => {
    const { about } = await readEncoderFile(file, hash);
    const { space, producer } = twin.about;
    expect(about).toEqual({ space: { ...space, dimensions: about.space.dimensions }, producer });
    expect(about.space.dimensions).toBe(twin.recipe.family.name === "bert" ? 48 : 24);
  });

  test("is refused cut off anywhere: at each border, beside it and in between", async () => {
    const borders = sections
      .flatMap(({ offset, bytes }) => [offset, offset + bytes])
      .flatMap((at) => [at - 1, at, at + 1]);
    const spread = Array.from({ length: 200 }, (_, i) => Math.floor((i * file.length) / 200));
    const ends = [...borders, ...spread, file.length - 1].filter((end) => end < file.length);
    for (const end of ends) await expect(open(file.slice(0, end)), `${end}`).rejects.toMatchObject(BAD);
  });

  test("is refused when it is longer than it says", async () => {
    const longer = new Uint8Array(file.length + 64);
    longer.set(file);
    await expect(open(longer)).rejects.toMatchObject(BAD);
  });

  test("is refused with any byte of its head changed", async () => {
    for (let at = 0; at < sections[0]!.offset; at++) await expectFlippedIsRefused(at);
  });

  test("is refused with a byte of any section changed", async () => {
    for (const { offset, bytes } of sections.filter(({ bytes }) => bytes > 0))
      for (const at of [0, 1, bytes >> 1, bytes - 1]) await expectFlippedIsRefused(offset + at);
  });

  test("is refused with its padding taken", async () => {
    const ends = sections.map(({ offset, bytes }) => offset + bytes).filter((end) => end % 64 !== 0);
    expect(ends.length).toBeGreaterThan(0);
    for (const end of ends) await expectFlippedIsRefused(end);
  });

  async function expectFlippedIsRefused(at: number): Promise<void> {
    const flipped = file.slice();
    flipped[at]! ^= 1 << (at % 8);
    await expect(open(flipped), `byte ${at}`).rejects.toMatchObject(BAD);
  }
});

test("a snapshot of an index is no encoder", async () => {
  const index = await createHnsw(await loadBuild("simd")).create(8);
  await expect(open(await index.save())).rejects.toMatchObject(BAD);
});

test.each([0, 1, 63, 64, 65, 5000])("%i bytes of noise are no encoder", async (length) => {
  const random = seeded(length);
  await expect(open(Uint8Array.from({ length }, () => below(random, 256)))).rejects.toMatchObject(BAD);
});

describe("a file with right sums", () => {
  const forged = async (tell: (forgery: EncoderForgery) => void, file = bert) => {
    const forgery = await EncoderForgery.of(file, hash);
    tell(forgery);
    return open(forgery.signed());
  };

  test("that says nothing new opens and answers as before", async () => {
    const [one, other] = [await forged(() => {}), await open(bert)];
    const rows = drawRows(seeded(1), [5]);
    expect(await one.encodeTokens(rows)).toEqual(await other.encodeTokens(rows));
  });

  test.each([0, 2, 2 ** 32 - 1])("of version %i is refused by its number", async (version) => {
    const opening = forged((forgery) => {
      forgery.words[0] = version;
    });
    await expect(opening).rejects.toThrow(`v${version}, expected v1`);
    await expect(opening).rejects.toMatchObject(BAD);
  });

  test("of another kind is refused", async () => {
    const opening = forged((forgery) => {
      forgery.kind = ENCODER_KIND + 1;
    });
    await expect(opening).rejects.toMatchObject(BAD);
  });

  test("with a word too many or too few is refused", async () => {
    await expect(forged(({ words }) => words.push(0))).rejects.toMatchObject(BAD);
    await expect(forged(({ words }) => words.pop())).rejects.toMatchObject(BAD);
    await expect(forged(({ words }) => words.splice(0))).rejects.toMatchObject(BAD);
  });

  describe.each(packed)("of $twin.name", ({ file }) => {
    test.each(WORDS)("is refused with a nonsensical %s", async (word) => {
      const at = WORDS.indexOf(word) + 1;
      for (const value of [5, 7, 99, 1 << 20, 2 ** 31, 2 ** 32 - 4, 2 ** 32 - 1]) {
        const opening = forged((forgery) => {
          forgery.words[at] = value;
        }, file);
        await expect(opening, `${word} ${value}`).rejects.toMatchObject(BAD);
      }
    });
  });

  test.each(NAMES)("is refused without its section %s", async (name) => {
    await expect(forged(({ sections }) => sections.delete(SECTIONS[name]))).rejects.toMatchObject(BAD);
  });

  test.each(NAMES)("is refused with another section in the place of its section %s", async (name) => {
    const opening = forged(({ sections }) => {
      sections.set(77, sections.get(SECTIONS[name])!);
      sections.delete(SECTIONS[name]);
    });
    await expect(opening).rejects.toMatchObject(BAD);
  });

  test.each(NAMES.slice(1))("is refused with a longer or shorter section %s", async (name) => {
    for (const bytes of [0, 4, 1_000_000]) {
      const opening = forged((forgery) => forgery.setSection(name, new Uint8Array(bytes)));
      await expect(opening, `${bytes} bytes`).rejects.toMatchObject(BAD);
    }
  });

  test("is refused with a section that nobody knows", async () => {
    await expect(forged(({ sections }) => sections.set(77, new Uint8Array(8)))).rejects.toMatchObject(BAD);
  });

  test.each([0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300])(
    "is refused with an epsilon of %d",
    async (epsilon) => {
      const opening = forged(({ numbers }) => numbers.splice(0, 1, epsilon));
      await expect(opening).rejects.toMatchObject(BAD);
    },
  );

  test.each([
    [0.9, 0.95],
    [1.0001, 0.9],
    [Number.NaN, 0.9],
    [0.9, Number.NaN],
    [0.9, -1.5],
    [0.9, Number.NEGATIVE_INFINITY],
    [Number.POSITIVE_INFINITY, 0.9],
  ])("is refused with a mean cosine of %d and a least one of %d", async (mean, min) => {
    await expect(forged(({ numbers }) => numbers.splice(1, 2, mean, min))).rejects.toMatchObject(BAD);
  });

  test("is refused without its numbers", async () => {
    await expect(forged(({ numbers }) => numbers.splice(1))).rejects.toMatchObject(BAD);
    await expect(forged(({ numbers }) => numbers.splice(0))).rejects.toMatchObject(BAD);
  });

  const abouts: Record<string, unknown> = {
    nothing: "",
    "no JSON": "{",
    null: null,
    "a number": 7,
    "a list": [],
    "no names": {},
    "a space alone": { space: ["id", "name"] },
    "a producer alone": { producer: "p" },
    "a space that is text": { space: "ab", producer: "p" },
    "a space of one part": { space: ["id"], producer: "p" },
    "a space of numbers": { space: [1, 2], producer: "p" },
    "a producer that is none": { space: ["id", "name"], producer: { name: "p" } },
  };

  test.each(Object.keys(abouts))("is refused when what it says of itself is %s", async (name) => {
    await expect(forged((forgery) => forgery.setAbout(abouts[name]))).rejects.toMatchObject(BAD);
  });

  test("is refused when what it says of itself is no UTF-8", async () => {
    const bytes = new TextEncoder()
      .encode('{"space":["i?","n"],"producer":"p"}')
      .map((byte) => (byte === 63 ? 255 : byte));
    await expect(forged((forgery) => forgery.setSection("about", bytes))).rejects.toMatchObject(BAD);
  });

  test("takes no memory for the shape it claims before it is found to lie", async () => {
    const forgery = await EncoderForgery.of(bert, hash);
    const huge = { width: 4096, layers: 96, heads: 32, inner: 16_384, vocabulary: 1 << 20, positions: 8192 };
    forgery.words.splice(1, Number.POSITIVE_INFINITY, ...shapeWords({ ...forgery.shape, ...huge }));
    const file = forgery.signed();
    const kernel = new EncoderKernel(module, 2 ** 22);
    const place = kernel.placeFile(file.length);
    place.set(file);
    const { bytes } = kernel;
    await expect(readEncoderFile(place, kernel.hash)).rejects.toThrow("of tokens");
    expect(kernel.bytes).toBe(bytes);
  });
});
