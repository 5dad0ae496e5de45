/** The origin of the page that asks, where it is another than that of `url`; undefined outside of pages. */
export function foreignPage(url: string): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  return location && location.origin !== new URL(url).origin ? location.origin : undefined;
}
