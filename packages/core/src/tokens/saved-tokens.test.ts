import { describe, expect, test } from "vitest";
import { joinedBytes } from "../joined-bytes.ts";
import { openSavedTokens, savedTokens } from "./saved-tokens.ts";
import { TokenTable } from "./token-table.ts";

const [ONE, OTHER] = ["1".repeat(32), "2".repeat(32)];

function table(): TokenTable {
  const made = new TokenTable();
  made.add([7, 8, 9], { space: ONE, counts: [2, 0, 1], bits: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  made.add([3], { space: OTHER, counts: [3], bits: Uint8Array.of(7, 8, 9) });
  return made;
}

async function saved(made: TokenTable): Promise<Uint8Array> {
  const pieces = await savedTokens(made);
  return joinedBytes(
    pieces,
    pieces.reduce((sum, { length }) => sum + length, 0),
  );
}

const listed = (made: TokenTable) =>
  new Map(Array.from(made.all(), ([row, { bits, ...rest }]) => [row, { ...rest, bits: [...bits] }]));

describe("a table of token vectors", () => {
  test("has those of each passage by its row, and none for a passage without tokens", () => {
    const made = table();
    expect(made.get(7, ONE)).toMatchObject({ tokenBytes: 2, bits: Uint8Array.of(1, 2, 3, 4) });
    expect(made.get(8, ONE)).toBeUndefined();
    expect(made.get(9, ONE)?.bits).toEqual(Uint8Array.of(5, 6));
    expect(made.get(3, OTHER)).toMatchObject({ tokenBytes: 1 });
    expect([made.size, made.bytes]).toEqual([3, 9]);
  });

  test("has none of another space", () => {
    expect(table().get(7, OTHER)).toBeUndefined();
  });

  test("keeps its own copy of the bits, and counts those that it drops", () => {
    const bits = Uint8Array.of(1, 2);
    const made = new TokenTable();
    made.add([1], { space: ONE, counts: [2], bits });
    bits.fill(0);
    expect(made.get(1, ONE)?.bits).toEqual(Uint8Array.of(1, 2));
    made.add([1], { space: ONE, counts: [1], bits: Uint8Array.of(5) });
    expect(made.bytes).toBe(1);
    made.delete(1);
    made.delete(1);
    expect([made.get(1, ONE), made.bytes, made.size]).toEqual([undefined, 0, 0]);
  });
});

describe("saved token vectors", () => {
  test("are opened as they were, from any place in a buffer", async () => {
    const bytes = await saved(table());
    for (const at of [0, 1, 64]) {
      const moved = new Uint8Array(bytes.length + at);
      moved.set(bytes, at);
      expect(listed(await openSavedTokens(moved.subarray(at)))).toEqual(listed(table()));
    }
    expect((await openSavedTokens(await saved(new TokenTable()))).size).toBe(0);
  });

  test("do not change the bytes they are read from", async () => {
    const bytes = await saved(table());
    const before = bytes.slice();
    await openSavedTokens(bytes);
    expect(bytes).toEqual(before);
  });

  test("are refused if any bit is another one, or the end is cut off or added to", async () => {
    const bytes = await saved(table());
    const refused = { code: "bad-snapshot" };
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << (at % 8);
      await expect(openSavedTokens(flipped), `byte ${at}`).rejects.toMatchObject(refused);
      await expect(openSavedTokens(bytes.subarray(0, at)), `${at} bytes`).rejects.toMatchObject(refused);
    }
    await expect(openSavedTokens(joinedBytes([bytes, Uint8Array.of(0)], bytes.length + 1))).rejects.toMatchObject(
      refused,
    );
  });
});
