type Scalar = string | number | boolean;

/**
 * The condition for entries that a search may return. An object has exactly one of these forms and no further keys.
 * An array field matches when any of its elements does; a missing field matches only `not` and `exists: false`.
 */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly field: string; readonly equals: Scalar }
  | { readonly field: string; readonly in: readonly Scalar[] }
  | { readonly field: string; readonly range: Bounds }
  | { readonly field: string; readonly exists: boolean };

/** Numbers by value, strings by code unit order; `from` and `to` are included, `above` and `below` are not. */
export interface Bounds {
  readonly from?: number | string;
  readonly to?: number | string;
  readonly above?: number | string;
  readonly below?: number | string;
}
