// One template: name, subject and text with values, and the preview for a real lead.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Channel } from "@/api/types";
import { ChangedBy } from "@/app/auth/changed-by";
import { useMay } from "@/app/auth/use-may";
import { findPeople } from "@/app/commands/people";
import { useCommands } from "@/app/commands/registry";
import { type TemplateView, templateChoicesQuery } from "@/app/enrol/templates";
import { UnsavedBanner } from "@/app/parts/unsaved-banner";
import { TestSend } from "@/app/test-send/test-send";
import { useKeptEdits } from "@/shared/editor/kept-edits";
import { MERGE_FIELDS } from "@/shared/editor/merge-fields";
import { MergeText } from "@/shared/editor/merge-text";
import { SmsBill, SmsSize } from "@/shared/editor/sms-size";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { useDelayed } from "@/shared/lib/hooks";
import { Button, IconButton } from "@/shared/ui/button";
import { Scrollable } from "@/shared/ui/scrollable";
import { Heading } from "@/shared/ui/section";
import { Segmented } from "@/shared/ui/tabs";
import { toast, toastProblem } from "@/shared/ui/toast";

interface Values {
  name: string;
  category: string;
  channel: Channel;
  subject: string;
  body: string;
}

export function TemplateEditor({
  template,
  figures,
  onClose,
  onMade,
}: {
  template?: TemplateView;
  figures?: ReactNode;
  onClose: () => void;
  onMade: (id?: string) => void;
}) {
  const cache = useQueryClient();
  const may = useMay("rep");
  const start: Values = template
    ? {
        name: template.name,
        category: template.category,
        channel: template.channel,
        subject: template.subject,
        body: template.body,
      }
    : { name: "", category: "", channel: "email", subject: "", body: "" };
  const form = useForm<Values>(
    start,
    async (v) => {
      const saved = await unwrap(
        template
          ? client.PATCH("/api/templates/{id}", { params: { path: { id: template.id } }, body: v })
          : client.POST("/api/templates", { body: v }),
      );
      await cache.invalidateQueries({ queryKey: templateChoicesQuery.queryKey });
      toast("Template saved");
      edits.clear();
      if (!template) onMade(saved.id);
    },
    (v): Record<string, string> => ({
      ...(v.name.trim() ? {} : { name: "Enter a name." }),
      ...(v.body.trim() ? {} : { body: "Enter the text." }),
    }),
  );
  const edits = useKeptEdits(`template-${template?.id ?? "new"}`, form.values, form.dirty, (found) => {
    for (const key of Object.keys(start) as (keyof Values)[]) if (found[key] !== undefined) form.set(key, found[key]);
  });
  const discard = () => {
    const before = form.values;
    edits.clear();
    form.reset(start);
    toast("Changes discarded", {
      undo: () => {
        for (const key of Object.keys(before) as (keyof Values)[]) form.set(key, before[key]);
      },
    });
  };
  const remove = useMutation({
    mutationFn: () => unwrap(client.DELETE("/api/templates/{id}", { params: { path: { id: template?.id ?? "" } } })),
    onSuccess: async () => {
      const kept = template;
      edits.clear();
      await cache.invalidateQueries({ queryKey: templateChoicesQuery.queryKey });
      onClose();
      toast(`Deleted ${kept?.name}`, {
        undo: kept
          ? async () => {
              const { name, category, channel, subject, body } = kept;
              await unwrap(client.POST("/api/templates", { body: { name, category, channel, subject, body } }));
              await cache.invalidateQueries({ queryKey: templateChoicesQuery.queryKey });
            }
          : undefined,
      });
    },
    onError: (error) => toastProblem("Could not delete the template", error),
  });
  const save = () => void form.submit();
  useCommands(
    may ? [{ id: "save-template", title: "Save template", group: "This page", keys: "mod+s", run: save }] : [],
  );
  const v = form.values;
  const sms = v.channel === "sms";
  return (
    <Scrollable
      label={template?.name ?? "New template"}
      className="flex min-h-0 min-w-0 flex-1 overflow-y-auto -outline-offset-2 max-xl:block"
    >
      <form onSubmit={form.submit} noValidate className="min-w-0 flex-1 space-y-3 p-6 max-lg:p-4">
        <div className="flex flex-wrap items-center gap-2">
          <IconButton label="Back to list" className="-ml-2 lg:hidden" onClick={onClose}>
            <ChevronLeft size={18} />
          </IconButton>
          <h2 className="min-w-0 flex-1 truncate text-title font-semibold">{template?.name ?? "New template"}</h2>
          {template && may ? (
            <Button kind="danger" icon={<Trash2 size={14} />} busy={remove.isPending} onClick={() => remove.mutate()}>
              Delete
            </Button>
          ) : null}
          {may ? (
            <Button kind="primary" type="submit" busy={form.busy} disabled={!!template && !form.dirty}>
              Save template
            </Button>
          ) : null}
        </div>
        <UnsavedBanner at={edits.foundAt} onDiscard={discard} />
        <FormProblem problem={form.problem} fields={["name", "category", "subject", "body", "channel"]} />
        <ChangedBy who="rep">
          <div className="space-y-3">
            <div className="grid gap-3 sm:grid-cols-2">
              <Field label="Name" error={form.errors.name}>
                <Input value={v.name} maxLength={120} onChange={(e) => form.set("name", e.target.value)} />
              </Field>
              <Field label="Category" error={form.errors.category}>
                <Input
                  value={v.category}
                  maxLength={60}
                  placeholder="First touch"
                  onChange={(e) => form.set("category", e.target.value)}
                />
              </Field>
            </div>
            <Segmented
              label="Channel"
              value={v.channel}
              onChange={(channel) => form.set("channel", channel)}
              items={[
                { id: "email", label: "E-mail" },
                { id: "sms", label: "SMS" },
              ]}
            />
            <MergeText
              aria-label="Text"
              value={v.body}
              onValue={(body) => form.set("body", body)}
              fields={MERGE_FIELDS}
              rows={sms ? 4 : 12}
              invalid={!!form.errors.body}
              placeholder="Write the text"
              head={
                sms ? undefined : (
                  <input
                    aria-label="Subject"
                    placeholder="Subject"
                    value={v.subject}
                    onChange={(e) => form.set("subject", e.target.value)}
                    className="h-9 w-full border-b bg-transparent px-3.5 text-msg font-medium outline-none max-sm:h-11"
                  />
                )
              }
              foot={
                sms ? (
                  <span className="ml-auto">
                    <SmsSize text={v.body} />
                  </span>
                ) : (
                  <span className="ml-auto">
                    <TestSend of={v.name || "the template"} words={{ subject: v.subject, body: v.body }} />
                  </span>
                )
              }
            />
          </div>
        </ChangedBy>
        {form.errors.body || form.errors.subject ? (
          <p className="text-bad-ink">{form.errors.body ?? form.errors.subject}</p>
        ) : null}
      </form>
      <aside
        aria-label="Preview and performance"
        className="w-90 shrink-0 border-l bg-canvas p-5 max-xl:w-full max-xl:border-t max-xl:border-l-0"
      >
        <Preview channel={v.channel} subject={v.subject} body={v.body} />
        {figures ? <div className="mt-6">{figures}</div> : null}
      </aside>
    </Scrollable>
  );
}

function Preview(text: { channel: Channel; subject: string; body: string }) {
  const people = useQuery(findPeople(""));
  const lead = people.data?.[0];
  const asked = useDelayed(JSON.stringify(text), 500);
  const current = JSON.parse(asked) as typeof text;
  const preview = useQuery({
    queryKey: ["templates", "preview", lead?.id, asked],
    enabled: people.isFetched && current.body.trim().length > 0,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      unwrap(client.POST("/api/templates/preview", { body: { lead_id: lead?.id, ...current }, signal })),
  });
  return (
    <>
      <Heading>{lead ? `Preview for ${lead.name}` : "Preview with sample values"}</Heading>
      {!current.body.trim() ? (
        <p className="text-ink-2">Write some text to preview it with a lead's values.</p>
      ) : preview.error ? (
        <p role="status" className="rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
          {asProblem(preview.error).detail}
        </p>
      ) : preview.data ? (
        <div className="rounded-card border border-line bg-surface">
          {current.channel === "email" && preview.data.subject ? (
            <p className="border-b px-4 py-2.5 font-medium break-words">{preview.data.subject}</p>
          ) : null}
          {preview.data.text ? (
            <p className="px-4 py-3 text-msg whitespace-pre-wrap break-words">{preview.data.text}</p>
          ) : null}
          {preview.data.sms ? (
            <p className="border-t px-4 py-2 text-meta text-ink-2">
              <SmsBill {...preview.data.sms} />
            </p>
          ) : null}
          {preview.data.errors.map((e) => (
            <p
              key={`${e.field}-${e.detail}`}
              role="status"
              className="border-t px-4 py-2 text-warm-ink first:border-t-0"
            >
              {e.field === "subject" ? "Subject: " : ""}
              {e.detail}
            </p>
          ))}
          {preview.data.missing.length && !preview.data.errors.length ? (
            <p className="border-t px-4 py-2 text-meta text-ink-2">
              Missing for this lead: {preview.data.missing.join(", ")}
            </p>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
