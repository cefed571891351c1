// The lead that a task is about: found by name, company or address.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { findPeople } from "@/app/commands/people";
import { Field, Input } from "@/shared/forms/field";
import { useDelayed } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";

export interface ChosenLead {
  id: string;
  name: string;
}

export function LeadChoice({
  lead,
  error,
  onChoose,
}: {
  lead: ChosenLead | undefined;
  error?: string;
  onChoose: (lead: ChosenLead | undefined) => void;
}) {
  const [q, setQ] = useState("");
  const asked = useDelayed(q.trim(), 150);
  const found = useQuery({ ...findPeople(asked), enabled: asked.length > 0 && !lead });
  if (lead)
    return (
      <div className="flex items-center gap-2">
        <span className="min-w-0 truncate font-medium">{lead.name}</span>
        <Button size="sm" kind="quiet" onClick={() => onChoose(undefined)}>
          Other lead
        </Button>
      </div>
    );
  const hits = asked ? (found.data ?? []) : [];
  return (
    <div>
      <Field label="Lead" error={error}>
        <Input
          value={q}
          placeholder="Name, company or address"
          autoComplete="off"
          onChange={(e) => setQ(e.target.value)}
        />
      </Field>
      {hits.length ? (
        <ul aria-label="Leads found" className="mt-1 divide-y rounded-control border">
          {hits.map((hit) => (
            <li key={hit.id}>
              <Button
                kind="row"
                className="h-9 gap-2 px-2.5 max-sm:h-11"
                onClick={() => onChoose({ id: hit.id, name: hit.name })}
              >
                <span className="truncate font-medium">{hit.name}</span>
                <span className="min-w-0 truncate text-ink-2">{hit.company}</span>
              </Button>
            </li>
          ))}
        </ul>
      ) : asked && found.isSuccess ? (
        <p className="mt-1 text-ink-2">No lead found.</p>
      ) : null}
    </div>
  );
}
