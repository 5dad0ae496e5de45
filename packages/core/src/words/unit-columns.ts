import type { RowBitmap } from "../ports/vector-index.ts";
import { growingBytes, growingWords } from "./growing-numbers.ts";
import { clearBit, setBit } from "./unit-bits.ts";

/** The units of an entry follow one another. */
export interface PlacedEntry {
  readonly id: string;
  readonly first: number;
  readonly count: number;
}

/** Columns of units: the words of their texts, and of all their fields. */
export interface UnitLengths {
  readonly text: Uint32Array;
  readonly fields: Uint32Array;
}

interface Marking {
  readonly allows: (id: string) => boolean;
  readonly memory?: RowBitmap | undefined;
  /** False once other columns have taken the place of these. */
  readonly isCurrent: () => boolean;
}

const MOST_FIELD_LENGTH = 255;
/** The number of entries that are tested between two stops. */
const OWNERS_A_STOP = 64;

/** Which units belong to which entry, and how long they are. Units of deleted entries keep their numbers, and are not present. */
export class UnitColumns {
  /** The number of each present entry in `#ids`. */
  readonly #entries = new Map<string, number>();
  readonly #ids: string[] = [];
  /** The first unit of each entry, and the number of its units. */
  readonly #firsts = growingWords();
  readonly #counts = growingWords();
  /** The number of each unit's entry in `#ids`. */
  readonly #owners = growingWords();
  /** A bit for each unit that was not deleted. */
  readonly #present = growingWords();
  readonly #lengths = growingWords();
  readonly #fieldLengths = growingBytes();
  readonly #total = { units: 0, text: 0, fields: 0 };

  /** Present entries. */
  get entries(): number {
    return this.#entries.size;
  }

  get deletedEntries(): number {
    return this.#ids.length - this.#entries.size;
  }

  /** Present units. */
  get units(): number {
    return this.#total.units;
  }

  /** The number of the next unit. */
  get end(): number {
    return this.#owners.length;
  }

  get bytes(): number {
    const columns = [this.#owners, this.#present, this.#lengths, this.#fieldLengths, this.#firsts, this.#counts];
    return columns.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get present(): RowBitmap {
    return this.#present.values;
  }

  /** Words of the text by unit, and of all fields. */
  get lengths(): Uint32Array<ArrayBuffer> {
    return this.#lengths.used;
  }

  get fieldLengths(): Uint8Array<ArrayBuffer> {
    return this.#fieldLengths.used;
  }

  /** Of present units, 1 at least. */
  get means(): { readonly text: number; readonly fields: number } {
    const { units, text, fields } = this.#total;
    return { text: Math.max(1, text / Math.max(1, units)), fields: Math.max(1, fields / Math.max(1, units)) };
  }

  /** True if a present unit has words in fields. */
  get hasFields(): boolean {
    return this.#total.fields > 0;
  }

  /** Lists an entry with its next units, which `addUnit` adds. */
  addEntry(id: string, count: number): void {
    this.#listEntry(id, { first: this.#owners.length, count });
  }

  /** Adds a unit of the entry that was added last. */
  addUnit(text: number, fields: number): void {
    const unit = this.#owners.push(this.#ids.length - 1);
    this.#lengths.push(text);
    this.#fieldLengths.push(Math.min(MOST_FIELD_LENGTH, fields));
    if (unit % 32 === 0) this.#present.push(0);
    setBit(this.#present.values, unit);
    this.#count(unit, 1);
  }

  /** Takes all entries of a snapshot, with the lengths of their units, in place of none. Throws a RangeError if these are of more or fewer. */
  take(entries: readonly { readonly id: string; readonly units: number }[], lengths: UnitLengths): void {
    const units = lengths.text.length;
    const owners = new Uint32Array(units);
    let first = 0;
    for (const { id, units: count } of entries) {
      owners.fill(this.#ids.length, first, first + count);
      this.#listEntry(id, { first, count });
      first += count;
    }
    if (first !== units) throw new RangeError(`${first} units of entries, and lengths of ${units}`);
    this.#owners.take(owners);
    this.#lengths.take(lengths.text.slice());
    this.#fieldLengths.take(Uint8Array.from(lengths.fields));
    this.#present.take(bitsBelow(units));
    for (let unit = 0; unit < units; unit++) this.#count(unit, 1);
  }

  /** Returns where the entry was, or undefined if it is not present. */
  deleteEntry(id: string): PlacedEntry | undefined {
    const placed = this.#placeOf(id);
    if (!placed) return undefined;
    this.#entries.delete(id);
    for (let unit = placed.first; unit < placed.first + placed.count; unit++) {
      clearBit(this.#present.values, unit);
      this.#count(unit, -1);
    }
    return placed;
  }

  placed(): PlacedEntry[] {
    return Array.from(this.#entries.keys(), (id) => this.#placeOf(id)!);
  }

  /** The number of an entry's unit, or undefined if the entry has no such one. */
  unitOf(id: string, unit: number): number | undefined {
    const placed = this.#placeOf(id);
    return placed && unit < placed.count ? placed.first + unit : undefined;
  }

  /** The entry of a unit, and which of its units this is. */
  entryOf(unit: number): { readonly id: string; readonly unit: number } {
    const owner = this.#owners.values[unit]!;
    return { id: this.#ids[owner]!, unit: unit - this.#firsts.values[owner]! };
  }

  ownerOf(unit: number): number {
    return this.#owners.values[unit]!;
  }

  /**
   * The units of allowed entries, as a bitmap that is written into `memory` if that has the right size. The generator stops regularly.
   * The finished bitmap is right for all entries, also for those that changed at a stop, because these have new units. Undefined once the
   * columns are not current.
   */
  *marked({ allows, memory, isCurrent }: Marking): Generator<void, RowBitmap | undefined> {
    let bitmap = emptied(memory, this.present.length);
    for (let owner = 0; owner < this.#ids.length; owner++) {
      if (!isCurrent()) return undefined;
      if (owner % OWNERS_A_STOP === OWNERS_A_STOP - 1) yield;
      const id = this.#ids[owner]!;
      if (this.#entries.get(id) !== owner || !allows(id)) continue;
      if (bitmap.length < this.present.length) bitmap = grown(bitmap, this.present.length);
      const first = this.#firsts.values[owner]!;
      for (let i = 0; i < this.#counts.values[owner]!; i++) setBit(bitmap, first + i);
    }
    return bitmap;
  }

  #listEntry(id: string, { first, count }: Omit<PlacedEntry, "id">): void {
    const owner = this.#ids.push(id) - 1;
    this.#firsts.push(first);
    this.#counts.push(count);
    this.#entries.set(id, owner);
  }

  #placeOf(id: string): PlacedEntry | undefined {
    const owner = this.#entries.get(id);
    if (owner === undefined) return undefined;
    return { id, first: this.#firsts.values[owner]!, count: this.#counts.values[owner]! };
  }

  #count(unit: number, sign: 1 | -1): void {
    this.#total.units += sign;
    this.#total.text += sign * this.#lengths.values[unit]!;
    this.#total.fields += sign * this.#fieldLengths.values[unit]!;
  }
}

/** A set bit for each of so many units. */
function bitsBelow(units: number): Uint32Array<ArrayBuffer> {
  const bitmap = new Uint32Array(Math.ceil(units / 32)).fill(0xffff_ffff);
  if (units % 32 > 0) bitmap[bitmap.length - 1] = 2 ** (units % 32) - 1;
  return bitmap;
}

function emptied(memory: RowBitmap | undefined, length: number): RowBitmap {
  return memory?.length === length ? memory.fill(0) : new Uint32Array(length);
}

function grown(bitmap: RowBitmap, length: number): RowBitmap {
  const larger: RowBitmap = new Uint32Array(length);
  larger.set(bitmap);
  return larger;
}
