/** A value by which entries can be filtered. An array matches when any element matches. */
export type FieldValue = string | number | boolean | readonly (string | number | boolean)[];
export type Fields = Readonly<Record<string, FieldValue>>;

/** An entry as a user adds it: a text with an id of the user's own and fields to filter by or show. */
export interface Entry {
  readonly id: string;
  readonly text: string;
  readonly fields?: Fields;
}
