// A new campaign: which sequence, and from which accounts it sends.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { sequencesQuery } from "@/app/shared-queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { channelOf } from "@/shared/lib/senders";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Loaded } from "@/shared/ui/states";
import { MailboxChoice, MOST } from "./mailbox-choice";
import { isMailbox, senderChoicesQuery, useMakeCampaign } from "./queries";
import { TagField } from "./tag";

const EMPTY = {
  name: "",
  sequence_id: "",
  mailbox_ids: null as string[] | null,
  sms_sender_id: "",
  whatsapp_sender_id: "",
  lead_tag: "",
};

export function NewCampaign({ open, onClose }: { open: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const sequences = useQuery({ ...sequencesQuery, enabled: open });
  const senders = useQuery({ ...senderChoicesQuery, enabled: open });
  const make = useMakeCampaign();
  const choices = (sequences.data?.items ?? []).filter((s) => !s.archived);
  const mailboxes = (senders.data?.items ?? []).filter((c) => isMailbox(c) && c.enabled);
  const first = mailboxes.slice(0, 1).map((m) => m.id);
  const numbers = (senders.data?.items ?? []).filter((c) => channelOf(c.kind) === "sms" && c.enabled);
  const chats = (senders.data?.items ?? []).filter((c) => channelOf(c.kind) === "whatsapp" && c.enabled);
  const form = useForm(
    EMPTY,
    async (v) => {
      const made = await make.mutateAsync({
        name: v.name.trim(),
        sequence_id: v.sequence_id,
        mailbox_ids: v.mailbox_ids ?? first,
        sms_sender_id: v.sms_sender_id || numbers[0]?.id,
        whatsapp_sender_id: v.whatsapp_sender_id || chats[0]?.id,
        lead_tag: v.lead_tag.trim() || undefined,
      });
      onClose();
      form.reset(EMPTY);
      void navigate({ to: "/campaigns/$id", params: { id: made.id } });
    },
    (v): Record<string, string> => ({
      ...(v.name.trim() ? {} : { name: "Enter a name." }),
      ...(v.sequence_id ? {} : { sequence_id: "Choose a sequence." }),
    }),
  );
  const chosen = form.values.mailbox_ids ?? first;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="New campaign"
      description="It starts as a draft: add leads, review it, then launch it."
      footer={
        <>
          <Button
            kind="primary"
            type="submit"
            form="new-campaign"
            busy={form.busy}
            disabled={!senders.data || chosen.length > MOST}
          >
            Create draft
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="new-campaign" onSubmit={form.submit} noValidate className="space-y-3">
        <FormProblem problem={form.problem} fields={Object.keys(EMPTY)} />
        <Field label="Name" error={form.errors.name}>
          <Input value={form.values.name} maxLength={120} onChange={(e) => form.set("name", e.target.value)} />
        </Field>
        {sequences.data && choices.length === 0 ? (
          <p className="text-ink-2">
            No sequences yet.{" "}
            <Link
              to="/sequences/$id"
              params={{ id: "new" }}
              onClick={onClose}
              className="font-medium text-accent-ink underline"
            >
              Create one first
            </Link>
          </p>
        ) : (
          <Field label="Sequence" error={form.errors.sequence_id}>
            <Select
              value={form.values.sequence_id}
              placeholder={sequences.isPending ? "Loading sequences" : "Choose a sequence"}
              options={choices.map((s) => ({ value: s.id, label: `${s.name}, v${s.version}` }))}
              onValue={(v) => form.set("sequence_id", v)}
              className="w-full"
            />
          </Field>
        )}
        <Loaded query={senders} what="The mailboxes">
          {() => (
            <>
              {mailboxes.length ? (
                <MailboxChoice
                  mailboxes={mailboxes}
                  chosen={chosen}
                  onChosen={(ids) => form.set("mailbox_ids", ids)}
                  error={form.errors.mailbox_ids}
                />
              ) : (
                <p className="text-ink-2">
                  No mailbox is connected, so nothing can be sent.{" "}
                  <Link
                    to="/settings/$section"
                    params={{ section: "mailboxes" }}
                    onClick={onClose}
                    className="font-medium text-accent-ink underline"
                  >
                    Connect one
                  </Link>
                </p>
              )}
              {numbers.length ? (
                <Field label="Send SMS from" error={form.errors.sms_sender_id}>
                  <Select
                    value={form.values.sms_sender_id || (numbers[0]?.id ?? "")}
                    options={numbers.map((m) => ({ value: m.id, label: m.name }))}
                    onValue={(v) => form.set("sms_sender_id", v)}
                    className="w-full"
                  />
                </Field>
              ) : null}
              {chats.length ? (
                <Field label="Send WhatsApp from" error={form.errors.whatsapp_sender_id}>
                  <Select
                    value={form.values.whatsapp_sender_id || (chats[0]?.id ?? "")}
                    options={chats.map((m) => ({ value: m.id, label: m.name }))}
                    onValue={(v) => form.set("whatsapp_sender_id", v)}
                    className="w-full"
                  />
                </Field>
              ) : null}
            </>
          )}
        </Loaded>
        <TagField value={form.values.lead_tag} error={form.errors.lead_tag} onValue={(v) => form.set("lead_tag", v)} />
      </form>
    </Dialog>
  );
}
