// Segments: the workspace's saved rules, each with the number of leads that it selects now.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Copy, Pencil, Plus, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { SegmentView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import type { RuleField } from "@/app/rule/fields";
import { ruleWords } from "@/app/rule/sentence";
import { useRuleFields } from "@/app/rule/use-rule-fields";
import { segmentsQuery } from "@/app/segments/queries";
import { Page, Scroll } from "@/app/shell/page";
import { count, plural } from "@/shared/lib/format";
import { Button, IconButton } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { later } from "@/shared/ui/later";
import { Empty, Loaded, Together } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { copyName, useSegmentMoves } from "./moves";

const SegmentDialog = later(() => import("./segment-dialog").then((m) => m.SegmentDialog));

export function SegmentsPage() {
  const query = useQuery(segmentsQuery);
  const may = useMay("rep");
  const known = useRuleFields();
  const { add, remove } = useSegmentMoves();
  const [open, setOpen] = useState<SegmentView | "new">();
  const [refused, setRefused] = useState<{ name: string; why: string }>();
  const make = () => setOpen("new");
  useCommands(
    may ? [{ id: "new-segment", title: "New segment", group: "This page", keys: "n", icon: Plus, run: make }] : [],
  );
  const drop = (segment: SegmentView) =>
    remove.mutate(segment.id, {
      onSuccess: () => toast(`${segment.name} deleted`, { undo: () => add.mutateAsync(segment) }),
      onError: (error) => {
        const problem = asProblem(error);
        if (problem.code === "in_use") setRefused({ name: segment.name, why: problem.detail });
        else toastProblem(`Could not delete ${segment.name}`, error);
      },
    });
  const copy = (segment: SegmentView) =>
    add.mutate(
      { name: copyName(segment.name, query.data?.items ?? []), rule: segment.rule },
      {
        onSuccess: (made) => toast(`${made.name} added`, { undo: () => remove.mutateAsync(made.id) }),
        onError: (error) => toastProblem(`Could not duplicate ${segment.name}`, error),
      },
    );
  const newButton = may ? (
    <Button kind="primary" icon={<Plus size={15} />} hint="N" onClick={make}>
      New segment
    </Button>
  ) : undefined;
  return (
    <Page
      title="Segments"
      parent={{ to: "/leads", label: "Leads" }}
      muted={query.data ? count(query.data.items.length) : undefined}
      actions={newButton}
      quick={may ? { label: "New segment", icon: <Plus size={22} strokeWidth={1.6} />, run: make } : undefined}
    >
      <Scroll>
        <Together queries={[query, known]} what="The segments">
          <Loaded query={query} what="The segments">
            {({ items }) =>
              items.length === 0 ? (
                <Empty title="No segments yet" actions={newButton}>
                  A segment is a saved rule, such as warm leads in Germany who were not contacted in the last 30 days.
                  Leads enter and leave it on their own as they change. Use segments as a filter, in views and in
                  campaigns.
                </Empty>
              ) : (
                <ul aria-label="Segments">
                  {items.map((segment) => (
                    <SegmentRow
                      key={segment.id}
                      segment={segment}
                      fields={known.fields}
                      may={may}
                      busy={remove.isPending || add.isPending}
                      onEdit={() => setOpen(segment)}
                      onCopy={() => copy(segment)}
                      onDelete={() => drop(segment)}
                    />
                  ))}
                </ul>
              )
            }
          </Loaded>
        </Together>
      </Scroll>
      {open ? (
        <SegmentDialog
          key={open === "new" ? "new" : open.id}
          segment={open === "new" ? undefined : open}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
      <Dialog
        open={!!refused}
        onClose={() => setRefused(undefined)}
        title={`${refused?.name ?? "The segment"} is in use`}
        footer={<Button onClick={() => setRefused(undefined)}>Close</Button>}
      >
        <p className="[overflow-wrap:anywhere]">{refused?.why}</p>
        <p className="mt-2 text-ink-2">Nothing was deleted.</p>
      </Dialog>
    </Page>
  );
}

function SegmentRow({
  segment,
  fields,
  may,
  busy,
  onEdit,
  onCopy,
  onDelete,
}: {
  segment: SegmentView;
  fields: readonly RuleField[];
  may: boolean;
  busy: boolean;
  onEdit: () => void;
  onCopy: () => void;
  onDelete: () => void;
}) {
  return (
    <li className="flex min-h-row-two items-center gap-2 border-b px-6 py-2 hover:bg-sunken max-lg:px-4 max-sm:flex-wrap">
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere] max-sm:basis-full">
        <Link to="/leads" search={{ f: `segment:${segment.id}` }} className="font-medium hover:underline">
          {segment.name}
        </Link>
        <p className="text-meta text-ink-2">{ruleWords(segment.rule, fields)}</p>
      </div>
      <Total id={segment.id} />
      {may ? (
        <span className="flex shrink-0 gap-1 max-sm:ml-auto">
          <IconButton label={`Edit ${segment.name}`} size="iconSm" onClick={onEdit}>
            <Pencil size={14} />
          </IconButton>
          <IconButton label={`Duplicate ${segment.name}`} size="iconSm" disabled={busy} onClick={onCopy}>
            <Copy size={14} />
          </IconButton>
          <IconButton label={`Delete ${segment.name}`} size="iconSm" disabled={busy} onClick={onDelete}>
            <Trash2 size={14} />
          </IconButton>
        </span>
      ) : null}
    </li>
  );
}

/** The number of leads in the segment, asked once the row comes into view: there may be two hundred of them. */
function Total({ id }: { id: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const [isSeen, setSeen] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    if (isSeen || !place.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isSeen]);
  const { data, error } = useQuery({
    queryKey: ["segments", "count", "of", id],
    enabled: isSeen,
    queryFn: ({ signal }) => unwrap(client.POST("/api/segments/count", { body: { segment: id }, signal })),
    staleTime: 30_000,
  });
  const said = data ? plural(data.total, "lead") : error ? "not counted" : "…";
  return (
    <span ref={place} className="w-28 shrink-0 text-right text-ink-2 max-sm:w-auto max-sm:text-left">
      {said}
    </span>
  );
}
