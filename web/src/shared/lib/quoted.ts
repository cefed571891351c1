// A mail's own text, apart from the mail that it quotes.

export interface Parted {
  own: string;
  quoted: string;
}

const INTRODUCTION =
  /^(on|am|op|le|el|il|em|den|på)\b.{4,200}(wrote|schrieb|schreef|a écrit|escribió|ha scritto|escreveu|skrev)\s*:?\s*$/i;

/**
 * The text after "On … wrote:", or that begins with ">" to the end, is quoted. A text that is only a quote stays whole.
 */
export function partQuoted(text: string): Parted {
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  let cut = lines.findIndex(
    (line, i) => INTRODUCTION.test(line.trim()) && lines.slice(i + 1).some((l) => l.startsWith(">")),
  );
  if (cut < 0) {
    const first = lines.findIndex((line) => line.startsWith(">"));
    if (first >= 0 && lines.slice(first).every((l) => l.startsWith(">") || !l.trim())) cut = first;
  }
  const own = cut < 0 ? text.trimEnd() : lines.slice(0, cut).join("\n").trimEnd();
  if (cut < 0 || !own.trim()) return { own: text.trimEnd(), quoted: "" };
  return { own, quoted: lines.slice(cut).join("\n").trim() };
}
