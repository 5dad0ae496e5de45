import { splitPassages, type TokenWindow, textPiece } from "@pipit/core";
import type { RelevanceSet } from "./relevance-set.ts";

/** A part of a document that a model reads at once. */
export interface DocumentPassage {
  /** The position of the document in its set. */
  readonly document: number;
  readonly text: string;
}

/** The documents cut as the engine cuts entries. */
export function passagesOf({ documents }: RelevanceSet, window: TokenWindow): DocumentPassage[] {
  return documents.flatMap(({ text }, document) =>
    splitPassages(text, window).map(({ start, end }) => ({ document, text: modelText(text.slice(start, end)) })),
  );
}

/** A text as the engine hands it to a model. */
export function modelText(text: string): string {
  return textPiece(text).text;
}
