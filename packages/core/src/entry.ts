/** A value by which entries can be filtered. An array matches when any element matches. */
export type FieldValue = string | number | boolean | readonly (string | number | boolean)[];
export type Fields = Readonly<Record<string, FieldValue>>;

/** A file of an entry, such as a picture. */
export interface Medium {
  readonly bytes: Uint8Array;
  /** Media type, such as "image/jpeg". Default: what its first bytes say. */
  readonly type?: string;
  readonly name?: string;
}

/** An entry as a user adds it: an id of the user's own, a text, pictures or both, and fields to filter by or show. */
export interface Entry {
  readonly id: string;
  /** Missing only from an entry with media. */
  readonly text?: string;
  readonly media?: readonly Medium[];
  readonly fields?: Fields;
}
