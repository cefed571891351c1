// Custom fields of earlier imports that may say who has opted out: an admin answers what each of them says.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { count } from "@/shared/lib/format";
import { LEAD_FIELDS, type LeadFieldName } from "@/shared/lib/lead-fields";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";

type Found = Schema["FieldOptOuts"];

const optOutFieldsQuery = queryOptions({
  queryKey: ["fields", "opt-outs"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/fields/opt-outs", { signal })),
});

/** "“Werbesperre” says of 12 leads that may be contacted that they have opted out, with ja, x." */
export const foundWords = ({ label, leads, examples }: Found) =>
  `“${label}” seems to say of ${leads === 1 ? "1 lead" : `${count(leads)} leads`} that may be contacted: opted out. Its values are ${examples.join(", ")}.`;

export function FieldOptOuts() {
  const may = useMay("admin");
  const found = useQuery({ ...optOutFieldsQuery, enabled: may }).data?.items ?? [];
  const cache = useQueryClient();
  const answer = useMutation({
    mutationFn: ({ field, target }: { field: string; target: Found["target"] | null }) =>
      unwrap(client.POST("/api/fields/{id}/opt-outs", { params: { path: { id: field } }, body: { target } })),
    onSuccess: (_, { target }) => toast(target ? "Its leads are opted out in the background" : "Not asked again"),
    onError: (error) => toastProblem("Could not answer", error),
    onSettled: () => cache.invalidateQueries({ queryKey: optOutFieldsQuery.queryKey }),
  });
  return found.map((one) => (
    <section
      key={one.field}
      aria-label={`Opt-outs in ${one.label}`}
      className="mt-2 max-w-table rounded-panel border bg-warm-soft px-3.5 py-3"
    >
      <p className="[overflow-wrap:anywhere]">{foundWords(one)}</p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button disabled={answer.isPending} onClick={() => answer.mutate({ field: one.field, target: one.target })}>
          Yes: {LEAD_FIELDS[one.target as LeadFieldName].word}
        </Button>
        <Button
          kind="quiet"
          disabled={answer.isPending}
          onClick={() => answer.mutate({ field: one.field, target: null })}
        >
          No, it says something else
        </Button>
      </div>
    </section>
  ));
}
