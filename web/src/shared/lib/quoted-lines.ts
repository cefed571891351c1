// The parts of a message's text, by the lines that the server calls quoted.

export interface TextPart {
  /** The number of its first line. */
  from: number;
  quoted: boolean;
  text: string;
}

export function parts(text: string, quoted: readonly { from: number; to: number }[] = []): TextPart[] {
  const lines = text.split(/\r?\n/);
  const found: TextPart[] = [];
  const add = (from: number, to: number, isQuoted: boolean) => {
    const part = lines.slice(from, to).join("\n").replace(/^\n+/, "").trimEnd();
    if (part) found.push({ from, quoted: isQuoted, text: part });
  };
  let at = 0;
  for (const { from, to } of quoted) {
    add(at, from, false);
    add(from, to, true);
    at = to;
  }
  add(at, lines.length, false);
  return found;
}
