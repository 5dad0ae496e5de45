/** A range of an entry's text: [start, end) in UTF-16 units. */
export interface TextLocus {
  readonly modality: "text";
  readonly start: number;
  readonly end: number;
}

/** A picture of an entry. */
export interface PictureLocus {
  readonly modality: "picture";
  /** Its position among the media of the entry. */
  readonly medium: number;
}

/** Where in an entry a part of it is. */
export type Locus = TextLocus | PictureLocus;
