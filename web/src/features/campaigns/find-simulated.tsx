// One lead of a simulation, found by name or e-mail, with all messages that they would get.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useId, useState } from "react";
import { Input } from "@/shared/forms/field";
import { useDelayed } from "@/shared/lib/hooks";
import { END_WORDS } from "@/shared/lib/labels";
import { price } from "@/shared/lib/money";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { canRead, nameOf, Read, stepKey, told, type Which, Words } from "./simulated-people";
import { type SimulatedPerson, type SimulatedStep, simulatedFoundQuery } from "./simulation";

/** The most leads that the API finds at once. */
const MOST_FOUND = 20;

export function FindSimulated({ mailboxes, ...which }: Which & { mailboxes: Map<string, string> }) {
  const [typed, setTyped] = useState("");
  const q = useDelayed(typed.trim(), 250);
  const query = useQuery({ ...simulatedFoundQuery(which.campaign, which.simulation, q), enabled: q.length > 0 });
  return (
    <section aria-label="Find a lead" className="px-6 pb-4 max-lg:px-4">
      <Heading note="by name or e-mail">Find a lead</Heading>
      <div className="relative max-w-105">
        <Search size={14} aria-hidden="true" className="absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-3" />
        <Input
          type="search"
          aria-label="Name or e-mail"
          placeholder="Name or e-mail"
          value={typed}
          onChange={(e) => setTyped(e.target.value)}
          className="pl-8"
        />
      </div>
      {q ? (
        <Loaded query={query} what="Search results">
          {(page) =>
            page.items.length ? (
              <>
                {page.items.map((person) => (
                  <Found
                    key={person.lead_id}
                    {...which}
                    person={person}
                    from={person.mailbox_id ? mailboxes.get(person.mailbox_id) : undefined}
                  />
                ))}
                {page.items.length >= MOST_FOUND ? (
                  <p className="mt-3 border-t pt-3 text-ink-2">
                    Showing the first {MOST_FOUND} leads. Type more of the name to narrow the search.
                  </p>
                ) : null}
              </>
            ) : (
              <Empty title="No matching lead" className="!mx-0 !mt-2">
                Only leads of this campaign that were simulated appear here.
              </Empty>
            )
          }
        </Loaded>
      ) : null}
    </section>
  );
}

function Found({ person: p, from, ...which }: Which & { person: SimulatedPerson; from?: string }) {
  const name = p.name ?? "A deleted lead";
  return (
    <article aria-label={name} className="mt-3 max-w-table border-t pt-3">
      <h3 className="flex flex-wrap items-baseline gap-x-3">
        <Link to="/leads/$id" params={{ id: p.lead_id }} className="font-semibold hover:underline">
          {name}
        </Link>
        <span className="text-meta text-ink-2">
          {p.zone_unknown ? `time zone unknown, read as ${p.zone}` : `time zone ${p.zone}`}
          {from ? `, from ${from}` : ""}
        </span>
        <span className="text-meta text-ink-2">{p.end ? `ends: ${END_WORDS[p.end]}` : "would be held"}</span>
      </h3>
      {p.steps.length === 0 ? <p className="mt-2 text-ink-2">They would get nothing.</p> : null}
      <ol className="mt-2 space-y-3">
        {p.steps.map((step) => (
          <FoundStep key={stepKey(step)} {...which} person={p} name={name} step={step} />
        ))}
      </ol>
    </article>
  );
}

function FoundStep({
  person: p,
  name,
  step,
  ...which
}: Which & { person: SimulatedPerson; name: string; step: SimulatedStep }) {
  const [open, setOpen] = useState(false);
  const panel = useId();
  const words = canRead(p, step);
  return (
    <li className="grid grid-cols-[180px_minmax(0,1fr)] gap-x-4 gap-y-1 max-sm:grid-cols-1">
      <div>
        {words ? (
          <Read name={name} step={step} open={open} panel={panel} onClick={() => setOpen(!open)} />
        ) : (
          <span className="block font-medium">{nameOf(step)}</span>
        )}
        <span className="block text-ink-2">{told(step)}</span>
        {typeof step.cost_micros === "number" ? (
          <span className="block text-meta text-ink-2">{price(step.cost_micros, which.currency)}</span>
        ) : null}
      </div>
      {words && open ? (
        <div id={panel}>
          <Words
            campaign={which.campaign}
            simulation={which.simulation}
            lead={p.lead_id}
            name={name}
            step={step}
            page={p.page ?? undefined}
          />
        </div>
      ) : null}
    </li>
  );
}
