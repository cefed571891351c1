// Closes a lead's preview page, and opens it again.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { previewQuery } from "./queries";

export function PreviewSwitch({ lead, isOpen }: { lead: string; isOpen: boolean }) {
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (body: Schema["PreviewChanges"]) =>
      unwrap(client.PATCH("/api/leads/{id}/preview", { params: { path: { id: lead } }, body })),
    onSuccess: (page) => cache.setQueryData(previewQuery(lead).queryKey, page),
  });
  const set = (open: boolean) =>
    change.mutate(
      { open },
      {
        onSuccess: () =>
          toast(open ? "The preview page is open for 180 days" : "The preview page is closed", {
            undo: () => change.mutateAsync({ open: !open }),
          }),
        onError: (error) => toastProblem("Could not change the preview page", error),
      },
    );
  return (
    <Button size="sm" kind="quiet" busy={change.isPending} onClick={() => set(!isOpen)}>
      {isOpen ? "Switch off" : "Switch on"}
    </Button>
  );
}
