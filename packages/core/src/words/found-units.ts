import { greatest, kthGreatest } from "./greatest.ts";

/**
 * The units that a query has found, with their scores, in dense columns: a query finds few of all units, and their columns fit into the
 * processor's cache. Only `places` is as long as the index. The memory is used again for the next query.
 */
export class FoundUnits {
  count = 0;
  units = new Uint32Array();
  scores = new Float64Array();
  /** Of the word at hand. 0: the unit does not have it. */
  frequencies = new Float64Array();
  /** The greatest weight of the words that stand for the word at hand. */
  weights = new Float64Array();
  /** By unit its place in the columns, and 1; 0 for a unit that was not found. */
  places = new Uint32Array();

  /** Forgets the former query. Numbers of units are below `room`. */
  begin(room: number): void {
    for (let place = 0; place < this.count; place++) this.places[this.units[place]!] = 0;
    this.count = 0;
    if (room <= this.places.length) return;
    const length = Math.ceil(room * 1.25);
    this.places = new Uint32Array(length);
    this.units = new Uint32Array(length);
    this.scores = new Float64Array(length);
    this.frequencies = new Float64Array(length);
    this.weights = new Float64Array(length);
  }

  /** Leaves out the units that are not among the `k` best if none gains more than `left`. False if units that were not found may be among them. */
  narrow(k: number, left: number): boolean {
    if (k === 0 || this.count < k) return false;
    const { scores, units, places } = this;
    const threshold = kthGreatest(scores, this.count, k) - left;
    if (threshold <= 0) return false;
    let kept = 0;
    for (let place = 0; place < this.count; place++) {
      const unit = units[place]!;
      const isKept = scores[place]! >= threshold;
      places[unit] = isKept ? kept + 1 : 0;
      if (!isKept) continue;
      units[kept] = unit;
      scores[kept++] = scores[place]!;
    }
    this.count = kept;
    return true;
  }

  best(k: number): { readonly unit: number; readonly score: number }[] {
    const places = greatest({ numbers: this.units, scores: this.scores, count: this.count }, k);
    return places.map((place) => ({ unit: this.units[place]!, score: this.scores[place]! }));
  }
}
