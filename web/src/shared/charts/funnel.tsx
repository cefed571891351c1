// The funnel: stations from wide to narrow, percent of one base.
import { count, percent } from "@/shared/lib/format";

export interface FunnelRow {
  key: string;
  label: string;
  value: number;
}

const TONE = ["bg-c4", "bg-c4", "bg-c4", "bg-c3", "bg-c3", "bg-c2", "bg-c1", "bg-c1"];

export function Funnel({ rows, base, label }: { rows: FunnelRow[]; base: number; label: string }) {
  const max = Math.max(1, ...rows.map((r) => r.value));
  return (
    <table className="w-full" aria-label={label}>
      <tbody>
        {rows.map((row, i) => (
          <tr key={row.key}>
            <th scope="row" className="w-32 py-1 pr-3 text-left font-normal text-ink-2">
              {row.label}
            </th>
            <td className="py-1">
              <span
                aria-hidden="true"
                className={`block h-3.5 rounded-bar ${TONE[Math.min(i, TONE.length - 1)]}`}
                style={{ width: `${row.value ? Math.max(1, (row.value / max) * 100) : 0}%` }}
              />
            </td>
            <td className="w-16 py-1 pl-3 text-right font-medium">{count(row.value)}</td>
            <td className="w-14 py-1 pl-2 text-right text-meta text-ink-3">
              {row.value < base ? (percent(row.value, base) ?? "") : ""}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
