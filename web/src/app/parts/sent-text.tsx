// The text of a message of ours, collapsed until it is asked for: the same in the inbox and on a timeline.

export function SentText({ text, of }: { text: string; of?: string }) {
  return (
    <details className="mt-0.5">
      <summary className="min-h-6 text-meta text-ink-2">
        Show message
        {of ? <span className="sr-only">: {of}</span> : null}
      </summary>
      <div className="mt-1 rounded-panel border bg-canvas px-3.5 py-2.5 text-msg whitespace-pre-wrap [overflow-wrap:anywhere]">
        {text}
      </div>
    </details>
  );
}
