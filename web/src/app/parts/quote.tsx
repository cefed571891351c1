// The text of a message; the mail that it quotes is collapsed.
import { partQuoted } from "@/shared/lib/quoted";

export function Quote({ text }: { text: string }) {
  const { own, quoted } = partQuoted(text);
  return (
    <>
      <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{own}</span>
      {quoted ? (
        <details className="mt-1">
          <summary className="min-h-6 text-meta text-ink-2">Show quoted text</summary>
          <span className="block text-meta whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">{quoted}</span>
        </details>
      ) : null}
    </>
  );
}
