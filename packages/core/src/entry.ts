/** What an entry can be filtered by. Arrays match when any element matches. */
export type FieldValue = string | number | boolean | readonly (string | number | boolean)[];
export type Fields = Readonly<Record<string, FieldValue>>;

/** What a user adds: a text with an id of their own and fields to filter by or show. */
export interface Entry {
  readonly id: string;
  readonly text: string;
  readonly fields?: Fields;
}
