// The dialog of a test mail: from which of our mailboxes, and with which lead's values.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { findPeople, type PersonHit } from "@/app/commands/people";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useDelayed } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Empty, Loaded } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import type { Words } from "./test-send";

type Account = Schema["AccountView"];

const addressOf = (account: Account) =>
  "from_address" in account.settings ? (account.settings.from_address as string) : undefined;

export function TestDialog({ of, words, onClose }: { of: string; words: Words; onClose: () => void }) {
  const accounts = useQuery({
    queryKey: ["accounts"],
    queryFn: ({ signal }) => unwrap(client.GET("/api/settings/accounts", { signal })),
  });
  const [text, setText] = useState("");
  const [picked, setPicked] = useState<PersonHit>();
  const [to, setTo] = useState("");
  const people = useQuery(findPeople(useDelayed(text.trim(), 150)));
  const lead = picked ?? people.data?.[0];
  const send = useMutation({
    mutationFn: () =>
      unwrap(client.POST("/api/emails/test", { body: { lead_id: lead?.id ?? "", ...words, to: to || undefined } })),
    onSuccess: (sent) => {
      toast(`Test of ${of} sent to ${sent.to}`);
      onClose();
    },
  });
  const own = (accounts.data?.items ?? []).filter((account) => account.enabled && addressOf(account));
  return (
    <Dialog
      open
      onClose={onClose}
      title="Send a test"
      description="Goes to one of your own mailboxes, marked as a test. It is not tracked or counted, and the lead gets nothing."
      footer={
        <>
          <Button
            kind="primary"
            busy={send.isPending}
            disabled={!lead || own.length === 0}
            onClick={() => send.mutate()}
          >
            Send test
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <Loaded query={accounts} what="Your mailboxes">
        {() =>
          own.length === 0 ? (
            <Empty title="No mailbox is connected" className="!mx-0">
              Tests go to one of your own mailboxes. Connect one in Settings.
            </Empty>
          ) : (
            <div className="space-y-3">
              {send.error ? <FormProblem problem={asProblem(send.error)} /> : null}
              <Field label="To">
                <Select
                  value={to}
                  options={[
                    { value: "", label: "My mailbox" },
                    ...own.map((account) => {
                      const address = addressOf(account) ?? "";
                      return { value: address, label: `${account.name}, ${address}` };
                    }),
                  ]}
                  onValue={setTo}
                  className="w-full"
                />
              </Field>
              <Field label="Use values from">
                <Input
                  value={picked ? picked.name : text}
                  placeholder={lead ? lead.name : "A lead's name"}
                  onChange={(e) => {
                    setPicked(undefined);
                    setText(e.target.value);
                  }}
                />
              </Field>
              {text && !picked ? (
                <ul aria-label="Leads" className="divide-y rounded-panel border">
                  {(people.data ?? []).map((p) => (
                    <li key={p.id}>
                      <Button kind="row" onClick={() => setPicked(p)} className="min-h-8 gap-2 px-3 max-sm:min-h-11">
                        <span className="font-medium">{p.name}</span>
                        <span className="truncate text-ink-2">{p.company}</span>
                      </Button>
                    </li>
                  ))}
                </ul>
              ) : null}
              {people.data && !lead ? <p className="text-ink-2">No lead found.</p> : null}
            </div>
          )
        }
      </Loaded>
    </Dialog>
  );
}
