// The outcome of the rows: one bar and its parts.
import { cx } from "@/shared/lib/cx";
import { count } from "@/shared/lib/format";
import { ProgressBar } from "@/shared/ui/progress";
import type { Counts } from "./model";

export function CountsList({ counts, past }: { counts: Counts; past?: boolean }) {
  const rows = [
    { key: "created", label: "New leads", value: counts.created, className: "bg-c1" },
    {
      key: "updated",
      label: past ? "Existing leads, updated" : "Existing leads, will be updated",
      value: counts.updated,
      className: "bg-c3",
    },
    {
      key: "duplicates",
      label: past ? "Duplicates, skipped" : "Duplicates, will be skipped",
      value: counts.duplicates,
      className: "bg-edge",
    },
    { key: "suppressed", label: "On the suppression list, skipped", value: counts.suppressed, className: "bg-ink-2" },
    {
      key: "rejected",
      label: past ? "Rejected, skipped" : "Rejected, will be skipped",
      value: counts.rejected,
      className: "hatch-strong",
    },
  ];
  return (
    <div>
      <ProgressBar
        className="!h-2.5"
        label="Rows"
        total={counts.rows}
        parts={rows.map((r) => ({ value: r.value, className: r.className, label: r.label }))}
      />
      <ul className="mt-2">
        {rows
          .filter((r) => r.value > 0 || r.key === "created")
          .map((r) => (
            <li key={r.key} className="flex h-7 items-center gap-2.5">
              <span aria-hidden="true" className={cx("size-2.5 rounded-bar", r.className)} />
              <span className="flex-1 text-ink-2">{r.label}</span>
              <span className="font-medium">{count(r.value)}</span>
            </li>
          ))}
        <li className="flex h-7 items-center gap-2.5 border-t">
          <span className="flex-1 pl-5">Total rows</span>
          <span className="font-medium">{count(counts.rows)}</span>
        </li>
        {counts.opted_out ? (
          <li className="flex min-h-7 items-center gap-2.5 text-ink-2">
            <span className="flex-1 pl-5">Opted out of something</span>
            <span>{count(counts.opted_out)}</span>
          </li>
        ) : null}
        {counts.warnings ? (
          <li className="flex min-h-7 items-center gap-2.5 text-ink-2">
            <span className="flex-1 pl-5">Imported with a warning</span>
            <span>{count(counts.warnings)}</span>
          </li>
        ) : null}
      </ul>
    </div>
  );
}
