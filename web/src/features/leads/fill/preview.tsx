// What a recipe gives for a few leads before it is saved. A formula is computed as one types; a model is asked only when
// the user says so, for one lead.
import { useMutation, useQuery } from "@tanstack/react-query";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { useDelayed } from "@/shared/lib/hooks";
import { dollars } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { type Draft, recipeOf } from "./draft";
import type { ColumnView } from "./model";
import { previewColumn } from "./queries";

type Item = Schema["ColumnPreviewItem"];

const FREE = ["formula", "lookup", "ai"];

const bodyOf = (draft: Draft, column: ColumnView | undefined, leads: string[]) => ({
  recipe: recipeOf(draft),
  condition: draft.condition.trim() || null,
  target: column?.target ?? (draft.target.to === "new_field" ? null : draft.target),
  leads,
});

export function Preview({ draft, column, sample }: { draft: Draft; column?: ColumnView; sample: string[] }) {
  const typed = JSON.stringify(bodyOf(draft, column, sample));
  const asked = useDelayed(typed, 400);
  const text = draft.kind === "formula" ? draft.expression : draft.kind === "ai" ? draft.prompt : "look-up";
  const isShown = FREE.includes(draft.kind) && !!text.trim() && sample.length > 0;
  const query = useQuery({
    queryKey: ["columns", "preview", asked],
    queryFn: ({ signal }) => previewColumn(JSON.parse(asked), signal),
    enabled: isShown && asked === typed,
    placeholderData: (old) => old,
    retry: false,
  });
  const spend = useMutation({ mutationFn: () => previewColumn({ ...JSON.parse(typed), spend: true }) });
  if (!isShown) return null;
  const items = query.data?.items ?? [];
  return (
    <section aria-label="Preview" aria-live="polite" className="rounded-panel border border-line bg-canvas px-3 py-2">
      {query.error && asked === typed ? (
        <p className="text-bad-ink">{asProblem(query.error).detail}</p>
      ) : (
        <ul className="space-y-1">
          {items.map((item) => (
            <PreviewRow key={item.lead} item={item} isFacts={draft.kind === "ai"} />
          ))}
          {items.length === 0 ? <li className="text-ink-3">Looking at a few leads…</li> : null}
        </ul>
      )}
      {draft.kind === "ai" ? (
        <div className="mt-2 border-t pt-2">
          {spend.data?.items.map((item) => (
            <div key={item.lead}>
              <PreviewRow item={item} />
              <p className="text-meta text-ink-3">
                Cost {item.price ? dollars(item.price) : "nothing"}
                {item.facts.length ? `, from: ${item.facts.join("; ")}` : ""}
              </p>
            </div>
          ))}
          {spend.error ? <p className="text-bad-ink">{asProblem(spend.error).detail}</p> : null}
          <Button size="sm" busy={spend.isPending} onClick={() => spend.mutate()}>
            Test on one lead
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function PreviewRow({ item, isFacts }: { item: Item; isFacts?: boolean }) {
  return (
    <li className="flex list-none gap-2">
      <span className="w-28 shrink-0 truncate text-ink-2">{item.name}</span>
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        {item.value ??
          (isFacts && item.facts.length ? (
            <span className="text-ink-2">{item.facts.join("; ")}</span>
          ) : (
            <span className="text-ink-3">{item.why ?? "no value"}</span>
          ))}
      </span>
    </li>
  );
}
