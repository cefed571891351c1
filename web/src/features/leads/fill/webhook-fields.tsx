// The request of a webhook: address, headers with secrets, body, and where the value is in the answer.
import { Plus, X } from "lucide-react";
import { MergeText } from "@/shared/editor/merge-text";
import { Field, Input } from "@/shared/forms/field";
import { Button, IconButton } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Select } from "@/shared/ui/select";
import type { DraftHeader } from "./draft";
import { mergeFields } from "./field-menu";
import type { RecipeProps } from "./recipe-fields";

const CALLBACK = { label: "Address to call back", token: "{{ callback_url }}" };

export function WebhookFields({ draft: d, fields, errors, change }: RecipeProps) {
  const setHeader = (at: number, changes: Partial<DraftHeader>) =>
    change({ headers: d.headers.map((header, i) => (i === at ? { ...header, ...changes } : header)) });
  const merge = d.wait === "callback" ? [CALLBACK, ...mergeFields(fields)] : mergeFields(fields);
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-[112px_minmax(0,1fr)]">
        <Field label="Method">
          <Select
            value={d.method}
            options={[
              { value: "post", label: "POST" },
              { value: "get", label: "GET" },
            ]}
            onValue={(method) => change({ method })}
            className="w-full"
          />
        </Field>
        <Field
          label="Address"
          help="https only; it may have fields, such as {{ company }}."
          error={errors["recipe.url"]}
        >
          <Input type="url" value={d.url} placeholder="https://" onChange={(e) => change({ url: e.target.value })} />
        </Field>
      </div>
      <fieldset>
        <legend className="mb-1 font-medium">Headers</legend>
        {d.headers.map((header, i) => {
          const name = header.name || `header ${i + 1}`;
          return (
            <div key={i} className="mb-2 flex flex-wrap items-center gap-2">
              <Input
                aria-label={`Name of header ${i + 1}`}
                placeholder="Authorization"
                value={header.name}
                onChange={(e) => setHeader(i, { name: e.target.value })}
                className="!w-40"
              />
              <Input
                aria-label={`Value of ${name}`}
                type={header.secret ? "password" : "text"}
                autoComplete="off"
                placeholder={header.kept ? "Stored, not shown again" : ""}
                value={header.value}
                onChange={(e) => setHeader(i, { value: e.target.value })}
                className="min-w-32 flex-1 !w-auto"
              />
              <label className="flex items-center">
                <Checkbox
                  checked={header.secret}
                  onValue={(secret) => setHeader(i, { secret, kept: header.kept && secret })}
                />
                Secret
              </label>
              <IconButton
                label={`Remove ${name}`}
                size="iconSm"
                onClick={() => change({ headers: d.headers.filter((_, at) => at !== i) })}
              >
                <X size={14} />
              </IconButton>
              {["name", "value"].map((part) =>
                errors[`recipe.headers[${i}].${part}`] ? (
                  <p key={part} className="w-full text-bad-ink">
                    {errors[`recipe.headers[${i}].${part}`]}
                  </p>
                ) : null,
              )}
            </div>
          );
        })}
        {errors["recipe.headers"] ? <p className="text-bad-ink">{errors["recipe.headers"]}</p> : null}
        <Button
          size="sm"
          kind="quiet"
          className="-ml-2"
          icon={<Plus size={14} />}
          onClick={() => change({ headers: [...d.headers, { name: "", value: "", secret: true, kept: false }] })}
        >
          Add a header
        </Button>
        <p className="text-meta text-ink-3">
          A secret is stored encrypted, is never shown again, and goes only to the host that it was given for.
        </p>
      </fieldset>
      {d.method === "post" ? (
        <Field label="Body, as JSON" error={errors["recipe.body"]}>
          <MergeText
            value={d.body}
            rows={3}
            fields={merge}
            invalid={!!errors["recipe.body"]}
            onValue={(body) => change({ body })}
          />
        </Field>
      ) : null}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="It answers" error={errors["recipe.wait"]}>
          <Select
            value={d.wait}
            options={[
              { value: "at_once", label: "At once" },
              { value: "callback", label: "Later, by calling back" },
            ]}
            onValue={(wait) => change({ wait })}
            className="w-full"
          />
        </Field>
        <AnswerField draft={d} errors={errors} change={change} />
      </div>
      {d.wait === "callback" ? (
        <p className="text-meta text-ink-3">
          Give it {"{{ callback_url }}"} in the body or address: each lead has an address of its own, which takes one
          answer, as JSON by POST.
        </p>
      ) : null}
    </>
  );
}

export function AnswerField({ draft, errors, change }: Pick<RecipeProps, "draft" | "errors" | "change">) {
  return (
    <Field
      label="Where the value is in the answer"
      help="A path such as /data/score or /0/text."
      error={errors["recipe.answer"]}
    >
      <Input value={draft.answer} onChange={(e) => change({ answer: e.target.value })} />
    </Field>
  );
}
