// The dialog in which a user says whose an unmatched message is: a suggested lead, or one found by name.
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { findPeople } from "@/app/commands/people";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { cx } from "@/shared/lib/cx";
import { phone } from "@/shared/lib/format";
import { useDelayed } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Switch } from "@/shared/ui/switch";
import { suggestionsQuery, type UnmatchedView, useUnmatchedMoves } from "./queries";

const FITS: Record<Schema["Fits"], string> = {
  address: "Has this address",
  thread: "In this thread",
  mentioned: "Named in the message",
  company: "Same company",
  name: "Same name",
};

interface Choice {
  id: string;
  name: string;
  aside?: string;
}

export interface LinkDialogProps {
  open: boolean;
  onClose: () => void;
  message: UnmatchedView;
  onLinked: (linked: Schema["LinkedView"], reply: boolean) => void;
}

export function LinkDialog({ open, onClose, message, onLinked }: LinkDialogProps) {
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<string>();
  const [learns, setLearns] = useState(true);
  const q = useDelayed(typed.trim(), 120);
  const suggestions = useQuery({ ...suggestionsQuery(message.id), enabled: open });
  const found = useQuery({ ...findPeople(q), enabled: open && q.length > 1 });
  const { link } = useUnmatchedMoves();
  const group = useId();
  const searched = q.length > 1;
  const choices: Choice[] = searched
    ? (found.data ?? []).map((p) => ({ id: p.id, name: p.name, aside: p.company }))
    : (suggestions.data?.leads ?? []).map((l) => ({
        id: l.id,
        name: l.name,
        aside: [FITS[l.fits], l.company, l.email].filter(Boolean).join(" · "),
      }));
  const looking = searched ? found.isFetching && !found.data : suggestions.isLoading;
  const lead = choices.find((c) => c.id === chosen)?.id;
  const run = async (reply: boolean) => {
    if (!lead) return;
    try {
      const linked = await link.mutateAsync({ id: message.id, lead, learns });
      onClose();
      onLinked(linked, reply);
    } catch {
      // The dialog shows it.
    }
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Link to a lead"
      description={`From ${phone(message.from)}. The message joins the lead's conversation and stops its sequences, like any reply.`}
      footer={
        <>
          <Button kind="primary" disabled={!lead} busy={link.isPending} onClick={() => void run(true)}>
            Link and reply
          </Button>
          <Button disabled={!lead} busy={link.isPending} onClick={() => void run(false)}>
            Link
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 [overflow-wrap:anywhere]">
        <FormProblem problem={link.error ? asProblem(link.error) : undefined} />
        <Field label="Lead" help={searched ? undefined : "Type a name, company or address to search all leads."}>
          <Input type="search" autoFocus value={typed} onChange={(e) => setTyped(e.target.value)} />
        </Field>
        <fieldset aria-label={searched ? "Leads found" : "Suggested leads"} className="-mx-2 min-w-0">
          {choices.map((c) => (
            <label
              key={c.id}
              className={cx(
                "flex min-h-9 items-center gap-2.5 rounded-control px-2 py-1 hover:bg-sunken max-sm:min-h-11",
                c.id === lead && "bg-accent-soft",
              )}
            >
              <input
                type="radio"
                name={group}
                className="size-4 shrink-0 accent-accent"
                checked={c.id === lead}
                onChange={() => setChosen(c.id)}
              />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{c.name}</span>
                {c.aside ? <span className="block truncate text-meta text-ink-2">{c.aside}</span> : null}
              </span>
            </label>
          ))}
          {choices.length ? null : (
            <p role="status" className="px-2 text-ink-2">
              {looking ? "Looking for leads" : searched ? "No lead fits these words." : "No lead suggests itself."}
            </p>
          )}
        </fieldset>
        <Switch
          checked={learns}
          onValue={setLearns}
          label={`Remember ${phone(message.from)} as another address of this lead`}
          note="Its next messages are then matched automatically."
        />
      </div>
    </Dialog>
  );
}
