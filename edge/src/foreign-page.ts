/** The origin of this page if it differs from that of `url`; undefined outside pages. */
export function foreignPage(url: string): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  return location && location.origin !== new URL(url).origin ? location.origin : undefined;
}
