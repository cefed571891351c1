// No column yet: three good first ones.
import { Link } from "@tanstack/react-router";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Empty } from "@/shared/ui/states";
import { STARTS } from "./starts";

export function NoColumns({ noLeads, onMake }: { noLeads?: boolean; onMake?: (start?: string) => void }) {
  if (noLeads)
    return (
      <Empty
        title="No leads to fill"
        actions={
          <Link to="/leads" className={buttonStyle({ kind: "primary" })}>
            Show all leads
          </Link>
        }
      >
        Columns fill themselves for the leads of a list. This one has none.
      </Empty>
    );
  return (
    <div className="m-6 max-w-text max-sm:m-4">
      <h2 className="font-semibold">No columns yet</h2>
      <p className="mt-0.5 text-ink-2">
        A column fills a field of every lead: it looks it up, computes it, or asks a model or your own address. Lists,
        templates and exports show its values.
        {onMake ? "" : " Ask a manager to make one."}
      </p>
      {onMake ? (
        <ul className="mt-4 divide-y border-y">
          {STARTS.map(({ id, title, note }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5">
              <span className="min-w-0 flex-1">
                <span className="font-medium">{title}</span>
                <span className="block text-ink-2">{note}</span>
              </span>
              <Button aria-label={`Add ${title}`} onClick={() => onMake(id)}>
                Add
              </Button>
            </li>
          ))}
          <li className="py-2.5">
            <Button kind="quiet" className="-ml-3" onClick={() => onMake()}>
              Another column
            </Button>
          </li>
        </ul>
      ) : null}
    </div>
  );
}
