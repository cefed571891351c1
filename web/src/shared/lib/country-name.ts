// Countries by their codes.

let english: Intl.DisplayNames | undefined;

/** The country's name in the reader's language; an unknown code stays itself. */
export function countryName(code: string): string {
  try {
    english ??= new Intl.DisplayNames(["en"], { type: "region" });
    return english.of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}
