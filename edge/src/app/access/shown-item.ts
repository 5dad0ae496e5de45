const MAY_BE_SECRET = /@|\?./;

/**
 * An item of a list as messages show it. Messages are logged, and a URL may hold a password or a token. A comma in a password cuts it
 * into two items, so that all items are checked.
 */
export function shownItem(item: string, all: readonly string[]): string {
  return all.some((one) => MAY_BE_SECRET.test(one)) ? "an item that may hold a password (not shown)" : item;
}
