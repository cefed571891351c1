// The text of a message; what it quotes is collapsed. The server says which lines are quoted.
import type { Schema } from "@/api/types";
import { parts } from "@/shared/lib/quoted-lines";

export function Quote({ text, quoted }: { text: string; quoted?: Schema["QuotedLines"][] }) {
  return (
    <>
      {parts(text, quoted).map((part) =>
        part.quoted ? (
          <details key={part.from} className="mt-1">
            <summary className="min-h-6 text-meta text-ink-2">Show quoted text</summary>
            <span className="block text-meta whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">{part.text}</span>
          </details>
        ) : (
          <span key={part.from} className="block whitespace-pre-wrap [overflow-wrap:anywhere]">
            {part.text}
          </span>
        ),
      )}
    </>
  );
}
