// The leads for which a run has failed, read to the end of the run a page at a time.
import { client, unwrap } from "@/api/client";
import type { LeadRow } from "@/api/types";
import { type CursorPage, type Rows, useRows } from "@/shared/grid/use-rows";
import { customFieldName } from "@/shared/lib/field-words";
import type { CellView } from "./model";

/** The outcomes that count as failed. */
const FAILED = "failed,answer_lost";

async function readLead(id: string, signal: AbortSignal): Promise<LeadRow> {
  const lead = await unwrap(client.GET("/api/leads/{id}", { params: { path: { id } }, signal }));
  const fields = Object.entries(lead.custom).map(([key, value]) => [customFieldName(key), value]);
  return { ...lead, fields: Object.fromEntries(fields) } as unknown as LeadRow;
}

/** The leads of cells, each once, in their order. */
export const leadsOf = (cells: readonly Pick<CellView, "lead">[]): string[] => [
  ...new Set(cells.map(({ lead }) => lead)),
];

async function readFailed(
  run: string,
  from: string | undefined,
  limit: number,
  signal: AbortSignal,
): Promise<CursorPage<LeadRow>> {
  let cursor = from;
  // A page may be empty and yet not be the last: many leads without a failure lie between.
  do {
    const query = { run, state: FAILED, limit, cursor };
    const page = await unwrap(client.GET("/api/columns/cells", { params: { query }, signal }));
    cursor = page.next_cursor ?? undefined;
    const leads = leadsOf(page.items);
    if (leads.length > 0 || !cursor)
      return { items: await Promise.all(leads.map((id) => readLead(id, signal))), next_cursor: cursor };
  } while (cursor);
  return { items: [] };
}

/** The leads with a failed cell of the run; read only when they are shown. */
export const useFailedRows = (run: string | undefined, isShown: boolean): Rows<LeadRow> =>
  useRows<LeadRow>(
    ["columns", "failed", run ?? ""],
    (cursor, limit, signal) => readFailed(run ?? "", cursor, limit, signal),
    { enabled: isShown && !!run },
  );
