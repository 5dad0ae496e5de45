import type { Term } from "./folded-words.ts";

// Terms beyond it are runs, such as DNA or one letter again and again. To compare one at every place of a like text takes seconds.
const LONGEST_WORD = 64;

const LETTER = /[\p{L}\p{N}\p{M}]/u;

export interface MatchedText {
  readonly folded: string;
  /** It holds a very long run of letters; terms may begin anywhere in it. */
  readonly isRun: boolean;
}

interface Occurrence {
  readonly at: number;
  readonly end: number;
}

/** Finds the terms of one query in many texts, in one pass over each text: many terms cost little more than one. */
export class TermMatcher {
  private readonly terms: readonly Term[];
  /** Numbers of terms by their first UTF-16 unit, and a table of these first units for a fast test. */
  private readonly byUnit = new Map<number, number[]>();
  private readonly isFirst = new Uint8Array(1 << 16);
  /** Numbers of the long terms. */
  private readonly long: number[] = [];
  /** The last pass in which each term was found. */
  private readonly foundIn: Uint32Array;
  private pass = 0;

  constructor(terms: readonly Term[]) {
    this.terms = terms;
    this.foundIn = new Uint32Array(terms.length);
    for (const [i, { text }] of terms.entries()) {
      if (text.length > LONGEST_WORD) {
        this.long.push(i);
        continue;
      }
      const unit = text.charCodeAt(0);
      this.byUnit.set(unit, [...(this.byUnit.get(unit) ?? []), i]);
      this.isFirst[unit] = 1;
    }
  }

  /** The share of the terms that occur in the text, and how many UTF-16 units of the text they cover. */
  match(text: MatchedText): { readonly share: number; readonly covered: number } {
    const { folded } = text;
    this.pass++;
    const runs = this.long.length > 0 ? this.longOccurrences(text) : [];
    let run = 0;
    let covered = 0;
    let end = 0;
    for (let at = 0; at < folded.length; at++) {
      let reach = this.isFirst[folded.charCodeAt(at)] ? at + this.longestAt(text, at) : 0;
      for (; runs[run]?.at === at; run++) reach = Math.max(reach, runs[run]!.end);
      if (reach <= end) continue;
      covered += reach - Math.max(at, end);
      end = reach;
    }
    return { share: covered === 0 ? 0 : this.found() / this.terms.length, covered };
  }

  private longestAt(text: MatchedText, at: number): number {
    let longest = 0;
    for (const i of this.byUnit.get(text.folded.charCodeAt(at)) ?? []) {
      const term = this.terms[i]!;
      if (!text.folded.startsWith(term.text, at) || !mayBegin(text, term, at)) continue;
      this.foundIn[i] = this.pass;
      longest = Math.max(longest, term.text.length);
    }
    return longest;
  }

  /** By place. Occurrences of one term do not overlap, so that the engine's own string search takes time linear in the text. */
  private longOccurrences(text: MatchedText): Occurrence[] {
    const found: Occurrence[] = [];
    for (const i of this.long) {
      const term = this.terms[i]!;
      const { length } = term.text;
      for (let at = text.folded.indexOf(term.text); at >= 0; ) {
        const begins = mayBegin(text, term, at);
        if (begins) {
          this.foundIn[i] = this.pass;
          found.push({ at, end: at + length });
        }
        at = text.folded.indexOf(term.text, at + (begins ? length : 1));
      }
    }
    return found.sort((a, b) => a.at - b.at);
  }

  private found(): number {
    return this.foundIn.reduce((count, pass) => count + (pass === this.pass ? 1 : 0), 0);
  }
}

function mayBegin({ folded, isRun }: MatchedText, { anywhere }: Term, at: number): boolean {
  return anywhere || isRun || !LETTER.test(lastCharacter(folded, at));
}

function lastCharacter(text: string, end: number): string {
  return /[\udc00-\udfff]/.test(text[end - 1] ?? "") ? text.slice(end - 2, end) : text.slice(Math.max(0, end - 1), end);
}
