// The fields of a recipe, by its kind.
import type { CustomField } from "@/app/shared-queries";
import { MergeText } from "@/shared/editor/merge-text";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { words } from "@/shared/lib/format";
import { Select } from "@/shared/ui/select";
import type { DataField, Draft } from "./draft";
import { mergeFields, namedFields } from "./field-menu";
import { FormulaInput } from "./formula-input";
import { WaterfallField } from "./waterfall-field";
import { AnswerField, WebhookFields } from "./webhook-fields";

export interface RecipeProps {
  draft: Draft;
  fields: readonly CustomField[];
  /** The API's messages by the part of the request. */
  errors: Record<string, string>;
  change: (changes: Partial<Draft>) => void;
}

const DATA_FIELDS: DataField[] = [
  "email",
  "mobile_phone",
  "full_name",
  "job_title",
  "seniority",
  "linkedin_url",
  "city",
  "country",
  "company_name",
  "company_website",
  "company_phone",
  "company_linkedin_url",
  "industry",
  "employees",
  "company_description",
  "company_address",
];
const DATA_WORDS: Partial<Record<DataField, string>> = {
  email: "E-mail address",
  mobile_phone: "Mobile number",
  linkedin_url: "LinkedIn profile",
  company_linkedin_url: "Company's LinkedIn page",
  company_phone: "Company's phone",
  company_website: "Company's website",
  employees: "Number of employees",
};

const PARTS = {
  company: ["name", "domain", "parent", "note"],
  location: ["name", "category", "rating", "reviews", "phone", "website", "address"],
};

export function RecipeFields(p: RecipeProps) {
  const { draft: d, fields, errors, change } = p;
  switch (d.kind) {
    case "formula":
      return (
        <Field
          label="Formula"
          help="An expression over fields, such as rating * 20 if rating else 0."
          error={errors["recipe.expression"]}
        >
          <FormulaInput
            rows={2}
            value={d.expression}
            fields={fields}
            onValue={(expression) => change({ expression })}
          />
        </Field>
      );
    case "lookup":
      return (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Taken from">
            <Select
              value={d.source}
              options={[
                { value: "company", label: "What is noted of the company" },
                { value: "location", label: "What was found of the location" },
                { value: "colleague", label: "Another lead of the company" },
              ]}
              onValue={(source) =>
                change({ source, part: "name", colleague: source === "colleague" ? "company" : d.colleague })
              }
              className="w-full"
            />
          </Field>
          <Field label="Its" error={errors["recipe.from.field"] ?? errors["recipe.from.part"]}>
            {d.source === "colleague" ? (
              <Select
                value={d.colleague}
                options={namedFields(fields).map(({ name, label }) => ({ value: name, label }))}
                onValue={(colleague) => change({ colleague })}
                className="w-full"
              />
            ) : (
              <Select
                value={d.part}
                options={PARTS[d.source].map((part) => ({ value: part, label: words(part) }))}
                onValue={(part) => change({ part })}
                className="w-full"
              />
            )}
          </Field>
        </div>
      );
    case "ai":
      return <AiFields {...p} />;
    case "enrichment":
      return (
        <>
          <Field label="What is looked for" error={errors["recipe.field"]}>
            <Select
              value={d.field}
              options={DATA_FIELDS.map((field) => ({ value: field, label: DATA_WORDS[field] ?? words(field) }))}
              onValue={(field) => change({ field })}
              className="w-full"
            />
          </Field>
          <WaterfallField
            steps={d.providers}
            error={firstWithin(errors, "recipe.providers")}
            onSteps={(providers) => change({ providers })}
          />
        </>
      );
    case "webhook":
      return <WebhookFields {...p} />;
    case "actor":
      return (
        <>
          <Field
            label="Actor"
            help="Its name at Apify, such as apify~website-content-crawler."
            error={errors["recipe.actor"]}
          >
            <Input value={d.actor} onChange={(e) => change({ actor: e.target.value })} />
          </Field>
          <Field label="Input, as JSON" error={errors["recipe.input"]}>
            <MergeText
              value={d.input}
              rows={3}
              fields={mergeFields(fields)}
              invalid={!!errors["recipe.input"]}
              onValue={(input) => change({ input })}
            />
          </Field>
          <AnswerField draft={d} errors={errors} change={change} />
        </>
      );
  }
}

const firstWithin = (errors: Record<string, string>, part: string) =>
  Object.entries(errors).find(([field]) => field === part || field.startsWith(`${part}[`))?.[1];

function AiFields({ draft: d, fields, errors, change }: RecipeProps) {
  return (
    <>
      <Field
        label="What the model is to do"
        help="It is given the fields that the prompt names as facts, and may say nothing that they do not."
        error={errors["recipe.prompt"]}
      >
        <MergeText
          value={d.prompt}
          rows={4}
          fields={mergeFields(fields)}
          invalid={!!errors["recipe.prompt"]}
          onValue={(prompt) => change({ prompt })}
        />
      </Field>
      <Field
        label="Further facts"
        help="Names of fields, between commas: city, custom.what_they_do"
        error={errors["recipe.context"]}
      >
        <Input value={d.context} onChange={(e) => change({ context: e.target.value })} />
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="It answers with" error={errors["recipe.output"]}>
          <Select
            value={d.output}
            options={[
              { value: "text", label: "A text" },
              { value: "choice", label: "One of several options" },
              { value: "number", label: "A number" },
              { value: "check", label: "Yes or no" },
            ]}
            onValue={(output) => change({ output })}
            className="w-full"
          />
        </Field>
        {d.output === "text" ? (
          <Field label="At most so many words" error={errors["recipe.output.max_words"]}>
            <Input inputMode="numeric" value={d.max_words} onChange={(e) => change({ max_words: e.target.value })} />
          </Field>
        ) : null}
        {d.output === "choice" ? (
          <Field label="Options, one a line" error={errors["recipe.output.options"]}>
            <TextArea rows={3} value={d.options} onChange={(e) => change({ options: e.target.value })} />
          </Field>
        ) : null}
      </div>
    </>
  );
}
