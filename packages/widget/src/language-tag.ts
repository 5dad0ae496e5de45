/** The language tag in an attribute `lang`; undefined if browsers do not know it. Templates often write "en_US". */
export function languageTag(lang: string | undefined): string | undefined {
  try {
    return Intl.getCanonicalLocales(lang?.replaceAll("_", "-") || undefined)[0];
  } catch {
    return undefined;
  }
}
