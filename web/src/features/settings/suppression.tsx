// The suppression list: addresses, domains and numbers that get nothing, and why.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, FileUp, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { download } from "@/api/download";
import { useMay } from "@/app/auth/use-may";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { cx } from "@/shared/lib/cx";
import { count, day, phone } from "@/shared/lib/format";
import { useDelayed } from "@/shared/lib/hooks";
import { Breakable } from "@/shared/ui/breakable";
import { Button, IconButton } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast, toastProblem } from "@/shared/ui/toast";
import { ModelSuppressions } from "./model-suppressions";
import { type SuppressionView, suppressionQuery, useSuppressionMoves } from "./queries";
import { ImportDialog } from "./suppression-import";

const REASONS: Record<SuppressionView["reason"], string> = {
  opted_out: "Opted out",
  hard_bounce: "Bounced",
  complaint: "Marked as spam",
  manual: "Added by a user",
};
const SCOPES = [
  { value: "email" as const, label: "E-mail" },
  { value: "domain" as const, label: "Domain" },
  { value: "phone" as const, label: "Phone" },
  { value: "chat_user" as const, label: "WhatsApp id" },
];

const TYPED_MS = 200;

export function SuppressionSection() {
  const [search, setSearch] = useState("");
  const [importing, setImporting] = useState(false);
  const q = useDelayed(search.trim(), TYPED_MS);
  const query = useInfiniteQuery(suppressionQuery(q));
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  // A page of a search may be empty though others follow.
  const readsOn = !!q && !entries.length && query.hasNextPage && !query.isFetchingNextPage && !query.isError;
  useEffect(() => {
    if (readsOn) void query.fetchNextPage();
  }, [readsOn, query.fetchNextPage]);
  const save = () =>
    void download(
      `/api/settings/suppressions/export.csv${q ? `?q=${encodeURIComponent(q)}` : ""}`,
      "suppression-list.csv",
    ).catch((error) => toastProblem("The list could not be exported", error));
  const { add, lift, restore } = useSuppressionMoves();
  const may = useMay("rep");
  const mayLift = useMay("admin");
  const [gone, setGone] = useState<Gone[]>([]);
  const [lifting, setLifting] = useState<SuppressionView>();
  const form = useForm<{ scope: SuppressionView["scope"]; value: string }>(
    { scope: "email", value: "" },
    async (v) => {
      await add.mutateAsync({ scope: v.scope, value: v.value.trim() });
      toast(`${v.value.trim()} added to the suppression list`);
      form.reset({ scope: v.scope, value: "" });
    },
    (v): Record<string, string> => (v.value.trim() ? {} : { value: "Enter an address, a domain or a number." }),
  );
  const putBack = async (one: Gone) => {
    try {
      await restore.mutateAsync(one.undo);
      setGone((old) => old.filter((other) => other !== one));
    } catch (error) {
      toastProblem(`${one.entry.value} could not be restored`, error);
    }
  };
  const drop = (s: SuppressionView, reason: string) =>
    lift.mutate(
      { scope: s.scope, value: s.value, reason },
      {
        onSuccess: ({ undo }) => {
          setLifting(undefined);
          const one = { entry: s, at: rows.findIndex((row) => row.entry === s), undo };
          setGone((old) => [...old, one]);
          toast(`${s.value} removed from the list`, { undo: () => putBack(one) });
        },
        onError: (error) => toastProblem(`${s.value} could not be removed`, error),
      },
    );
  const rows = withGone(entries, q ? [] : gone);
  return (
    <div className="p-6 max-lg:p-4">
      <Heading note="Opt-outs and hard bounces are added automatically.">Suppression list</Heading>
      {may ? (
        <form onSubmit={form.submit} noValidate className="mb-4 flex max-w-text flex-wrap items-start gap-2">
          <div className="w-full">
            <FormProblem problem={form.problem} fields={["value", "scope"]} />
          </div>
          <Field label="Kind">
            <Select
              value={form.values.scope}
              options={SCOPES}
              onValue={(v) => form.set("scope", v)}
              className="w-27.5"
            />
          </Field>
          <Field label="Address, domain or number" error={form.errors.value} className="min-w-55 flex-1">
            <Input value={form.values.value} onChange={(e) => form.set("value", e.target.value)} />
          </Field>
          <Button kind="primary" type="submit" busy={form.busy} className="mt-6">
            Add to list
          </Button>
        </form>
      ) : null}
      {mayLift ? <ModelSuppressions /> : null}
      <div className="mb-3 flex max-w-table flex-wrap items-end gap-2">
        <Field label="Search" className="min-w-55 flex-1">
          <Input
            type="search"
            value={search}
            placeholder="Part of an address, number or domain"
            onChange={(e) => setSearch(e.target.value)}
          />
        </Field>
        {may ? (
          <Button icon={<FileUp size={15} />} onClick={() => setImporting(true)}>
            Import
          </Button>
        ) : null}
        <Button icon={<Download size={15} />} onClick={save}>
          {q ? "Export what is found" : "Export"}
        </Button>
      </div>
      {importing ? <ImportDialog onClose={() => setImporting(false)} /> : null}
      <Loaded query={query} what="The list">
        {() =>
          rows.length === 0 && q ? (
            query.hasNextPage ? (
              <p role="status" className="text-ink-2">
                Searching the list
              </p>
            ) : (
              <Empty title={`Nothing on the list has “${q}”`} className="!mx-0">
                Nothing that fits is closed by the list. An entry of a domain closes all its addresses.
              </Empty>
            )
          ) : rows.length === 0 ? (
            <Empty title="The list is empty" className="!mx-0">
              Addresses of leads who unsubscribe and numbers of leads who text STOP appear here. Nothing is sent to
              them.
            </Empty>
          ) : (
            <>
              <Table
                className="max-w-table"
                caption={`${count(entries.length)} entries${query.hasNextPage ? ", there are more" : ""}`}
                head={
                  <>
                    <Th>Address</Th>
                    <Th>Reason</Th>
                    <Th wide>Since</Th>
                    <Th className="w-36">
                      <span className="sr-only">Remove</span>
                    </Th>
                  </>
                }
              >
                {rows.map(({ entry: s, gone: one }) => (
                  <Row key={keyOf(s)} className={cx("h-9 border-b", one && "text-ink-3")}>
                    <Td className={cx("pr-3 pl-2 font-medium [overflow-wrap:anywhere]", one && "line-through")}>
                      <Breakable text={phone(s.value)} />
                      {s.lead_id ? (
                        <Link
                          to="/leads/$id"
                          params={{ id: s.lead_id }}
                          aria-label={`Open lead with ${s.value}`}
                          className="ml-2 font-normal text-accent-ink hover:underline"
                        >
                          Open lead
                        </Link>
                      ) : null}
                    </Td>
                    <Td className="text-ink-2">{REASONS[s.reason]}</Td>
                    <Td wide className="text-ink-2">
                      {day(s.created_at)}
                    </Td>
                    <Td>
                      {one ? (
                        <Button kind="link" size="sm" busy={restore.isPending} onClick={() => void putBack(one)}>
                          Removed · Undo
                        </Button>
                      ) : mayLift ? (
                        <IconButton
                          label={`Remove ${s.value} from the list`}
                          size="iconSm"
                          onClick={() => setLifting(s)}
                        >
                          <Trash2 size={14} />
                        </IconButton>
                      ) : null}
                    </Td>
                  </Row>
                ))}
              </Table>
              {query.hasNextPage ? (
                <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Show more
                </Button>
              ) : null}
            </>
          )
        }
      </Loaded>
      {lifting ? (
        <LiftDialog
          entry={lifting}
          busy={lift.isPending}
          onClose={() => setLifting(undefined)}
          onLift={(reason) => drop(lifting, reason)}
        />
      ) : null}
    </div>
  );
}

/**
 * An entry that was just removed; it stays in its place while the page is open, so that no other row moves under the
 * pointer.
 */
interface Gone {
  entry: SuppressionView;
  at: number;
  undo: string;
}

const keyOf = (s: SuppressionView) => `${s.scope}-${s.value}`;

/** The entries of the list, with those just removed in their former places. */
export function withGone(entries: SuppressionView[], gone: Gone[]): { entry: SuppressionView; gone?: Gone }[] {
  const left = new Set(gone.map((one) => keyOf(one.entry)));
  const rows: { entry: SuppressionView; gone?: Gone }[] = entries
    .filter((entry) => !left.has(keyOf(entry)))
    .map((entry) => ({ entry }));
  for (const one of [...gone].sort((a, b) => a.at - b.at)) rows.splice(one.at, 0, { entry: one.entry, gone: one });
  return rows;
}

/** The lead opted out: removing the entry needs a reason, kept on the lead's timeline. */
function LiftDialog({
  entry,
  busy,
  onClose,
  onLift,
}: {
  entry: SuppressionView;
  busy: boolean;
  onClose: () => void;
  onLift: (reason: string) => void;
}) {
  const [reason, setReason] = useState("");
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Remove ${entry.value} from the list?`}
      description="Say why they may be contacted again. The reason is kept on the lead's timeline, with your name."
      footer={
        <>
          <Button kind="grave" busy={busy} disabled={reason.trim().length < 10} onClick={() => onLift(reason.trim())}>
            Remove from list
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <Field label="Reason" help="At least 10 characters.">
        <TextArea rows={3} value={reason} onChange={(e) => setReason(e.target.value)} />
      </Field>
    </Dialog>
  );
}
