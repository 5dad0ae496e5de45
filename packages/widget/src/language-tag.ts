/** The language tag that an attribute `lang` means; undefined for none that a browser knows. Templates often write "en_US". */
export function languageTag(lang: string | undefined): string | undefined {
  try {
    return Intl.getCanonicalLocales(lang?.replaceAll("_", "-") || undefined)[0];
  } catch {
    return undefined;
  }
}
