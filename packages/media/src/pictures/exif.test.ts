import { exifOf } from "@pipit/test/fixtures/pictures/picture-writers";
import { expect, test } from "vitest";
import { readExif } from "./exif.ts";

test.each([true, false])("orientation and date (numbers little end first: %s)", (isLittle) => {
  expect(readExif(exifOf(6, "2024:05:31 17:04:09", isLittle))).toEqual({
    orientation: 6,
    takenAt: "2024-05-31T17:04:09",
  });
});

test.each([0, 9, 400])("an orientation of %i counts as upright", (orientation) => {
  expect(readExif(exifOf(orientation)).orientation).toBe(1);
});

test.each(["0000:00:00 00:00:00", "2024:13:31 17:04:09", "    :  :     :  :  "])("%j is no date", (date) => {
  expect(readExif(exifOf(3, date))).toEqual({ orientation: 3 });
});

test("nothing at all, and any damage, is an upright picture without a date", () => {
  expect(readExif(undefined)).toEqual({ orientation: 1 });
  const block = exifOf(6, "2024:05:31 17:04:09");
  for (let length = 0; length < block.length; length += 1) {
    const { orientation } = readExif(block.subarray(0, length));
    expect([1, 6]).toContain(orientation);
  }
  for (let at = 0; at < block.length; at += 1) {
    const changed = block.slice();
    changed[at]! ^= 0xff;
    expect(readExif(changed).orientation).toBeGreaterThan(0);
  }
});
