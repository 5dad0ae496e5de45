/** The origin of this page if it differs from `origin`; undefined outside pages. */
export function foreignPage(origin: string): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  return location && location.origin !== origin ? location.origin : undefined;
}
