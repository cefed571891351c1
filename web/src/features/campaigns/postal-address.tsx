// The postal address that the law requires in every mail: asked for in place, before a campaign that mails is launched.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { settingsQuery } from "@/app/shell/queries";
import { Field, TextArea } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";

export function PostalAddress() {
  const settings = useQuery(settingsQuery).data as { company?: { postal_address: string } } | undefined;
  const [address, setAddress] = useState("");
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: (postal_address: string) =>
      unwrap(client.PATCH("/api/settings", { body: { company: { postal_address } } as never })),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: ["settings"] }),
        cache.invalidateQueries({ queryKey: ["campaigns", "launchCheck"] }),
      ]),
  });
  if (!settings?.company || settings.company.postal_address.trim()) return null;
  const store = async () => {
    try {
      await save.mutateAsync(address.trim());
      toast("Postal address saved");
    } catch (error) {
      toastProblem("Could not save the address", error);
    }
  };
  return (
    <div className="mb-3 rounded-panel border bg-warm-soft px-3.5 py-3 text-ink">
      <Field
        label="Your company's postal address"
        help="Required by law in every e-mail. It appears in the footer, and nothing is sent without it."
      >
        <TextArea rows={2} value={address} onChange={(e) => setAddress(e.target.value)} />
      </Field>
      <Button className="mt-2" busy={save.isPending} disabled={!address.trim()} onClick={() => void store()}>
        Save address
      </Button>
    </div>
  );
}
