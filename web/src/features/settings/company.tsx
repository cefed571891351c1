// The company's details: the signature of mails, and the offer on the preview page.
import { useQuery } from "@tanstack/react-query";
import { CountryInput } from "@/shared/forms/country-input";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { ZoneInput } from "@/shared/forms/zone-input";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import { type Company, type SettingsView, settingsQuery, useChangeSettings } from "./queries";

const COMPANY: [keyof Company, string, string?][] = [
  ["name", "Company", "Shown at the bottom of every e-mail."],
  ["sender_name", "Sender name", "The person who signs the e-mails."],
  ["postal_address", "Postal address", "Required by law in every cold e-mail."],
  ["website", "Website"],
  ["booking_url", "Booking link", "Where the button on the preview page leads."],
  ["payment_url", "Payment link"],
  ["offer_headline", "Offer, in one line", "The heading of the preview page."],
];

export function CompanySection() {
  const query = useQuery(settingsQuery);
  return (
    <Loaded query={query} what="The company">
      {(s) => <CompanyForm settings={s} />}
    </Loaded>
  );
}

function CompanyForm({ settings }: { settings: SettingsView }) {
  const change = useChangeSettings();
  const c = settings.company;
  /** The fields by the API's names, which its errors use. */
  const start: Record<string, string> = {
    name: settings.name,
    "company.name": c.name,
    "company.sender_name": c.sender_name,
    "company.postal_address": c.postal_address,
    "company.website": c.website ?? "",
    "company.booking_url": c.booking_url ?? "",
    "company.payment_url": c.payment_url ?? "",
    "company.offer_headline": c.offer_headline,
    "company.offer_text": c.offer_text,
    default_country: settings.default_country,
    default_zone: settings.default_zone,
    currency: settings.currency,
  };
  const form = useForm(start, async (v) => {
    const of = (field: string) => v[field] ?? "";
    await change.mutateAsync({
      name: of("name"),
      default_country: of("default_country"),
      default_zone: of("default_zone"),
      currency: of("currency").toUpperCase(),
      company: Object.fromEntries(
        Object.entries(v).flatMap(([field, value]) =>
          field.startsWith("company.") ? [[field.slice("company.".length), value]] : [],
        ),
      ),
    });
    toast("Company saved");
  });
  const field = (key: string) => ({
    value: form.values[key] ?? "",
    onChange: (e: { target: { value: string } }) => form.set(key, e.target.value),
  });
  return (
    <form onSubmit={form.submit} noValidate className="max-w-text space-y-3 p-6 max-lg:p-4">
      <FormProblem problem={form.problem} fields={Object.keys(start)} />
      <Field label="Workspace" error={form.errors.name}>
        <Input {...field("name")} />
      </Field>
      {COMPANY.map(([key, label, help]) => (
        <Field key={key} label={label} help={help} error={form.errors[`company.${key}`]}>
          <Input {...field(`company.${key}`)} />
        </Field>
      ))}
      <Field label="Offer, in a paragraph" error={form.errors["company.offer_text"]}>
        <TextArea rows={4} {...field("company.offer_text")} />
      </Field>
      <Heading note="used when a lead has no value">Defaults</Heading>
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="Country" error={form.errors.default_country}>
          <CountryInput
            value={form.values.default_country ?? ""}
            onValue={(code) => form.set("default_country", code)}
          />
        </Field>
        <Field label="Time zone" error={form.errors.default_zone}>
          <ZoneInput {...field("default_zone")} />
        </Field>
        <Field label="Currency" error={form.errors.currency}>
          <Input maxLength={3} {...field("currency")} />
        </Field>
      </div>
      <Button kind="primary" type="submit" busy={form.busy} disabled={!form.dirty}>
        Save company
      </Button>
    </form>
  );
}
