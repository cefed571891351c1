// Who the workspace is: what mails are signed with, and what the preview page offers.
import { useQuery } from "@tanstack/react-query";
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
  ["name", "Company", "As it stands at the foot of each mail."],
  ["sender_name", "Sender", "The person mails are signed by."],
  ["postal_address", "Postal address", "Required by law in every cold mail."],
  ["website", "Website"],
  ["booking_url", "Booking link", "Where the preview page's button leads."],
  ["payment_url", "Payment link"],
  ["offer_headline", "Offer, in one line", "The preview page's heading."],
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
  const start = {
    workspace: settings.name,
    name: c.name,
    sender_name: c.sender_name,
    postal_address: c.postal_address,
    website: c.website ?? "",
    booking_url: c.booking_url ?? "",
    payment_url: c.payment_url ?? "",
    offer_headline: c.offer_headline,
    offer_text: c.offer_text,
    default_country: settings.default_country,
    default_zone: settings.default_zone,
    currency: settings.currency,
  };
  const form = useForm(start, async (v) => {
    const { workspace, default_country, default_zone, currency, ...company } = v;
    await change.mutateAsync({
      name: workspace,
      default_country: default_country.toUpperCase(),
      default_zone,
      currency: currency.toUpperCase(),
      company,
    });
    toast("Company saved");
  });
  const error = (key: string) => form.errors[key] ?? form.errors[`company.${key}`];
  return (
    <form onSubmit={form.submit} noValidate className="max-w-[640px] space-y-3 p-6 max-lg:p-4">
      <FormProblem
        problem={form.problem}
        fields={[...Object.keys(start), ...Object.keys(start).map((k) => `company.${k}`)]}
      />
      <Field label="Workspace" error={form.errors.name}>
        <Input value={form.values.workspace} onChange={(e) => form.set("workspace", e.target.value)} />
      </Field>
      {COMPANY.map(([key, label, help]) => (
        <Field key={key} label={label} help={help} error={error(key)}>
          <Input
            value={(form.values as Record<string, string>)[key] ?? ""}
            onChange={(e) => form.set(key as keyof typeof start, e.target.value)}
          />
        </Field>
      ))}
      <Field label="Offer, in a paragraph" error={error("offer_text")}>
        <TextArea rows={4} value={form.values.offer_text} onChange={(e) => form.set("offer_text", e.target.value)} />
      </Field>
      <Heading note="where a lead does not say otherwise">Defaults</Heading>
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label="Country" error={error("default_country")}>
          <Input
            maxLength={2}
            value={form.values.default_country}
            onChange={(e) => form.set("default_country", e.target.value)}
          />
        </Field>
        <Field label="Time zone" error={error("default_zone")}>
          <ZoneInput value={form.values.default_zone} onChange={(e) => form.set("default_zone", e.target.value)} />
        </Field>
        <Field label="Currency" error={error("currency")}>
          <Input maxLength={3} value={form.values.currency} onChange={(e) => form.set("currency", e.target.value)} />
        </Field>
      </div>
      <Button kind="primary" type="submit" busy={form.busy} disabled={!form.dirty}>
        Save the company
      </Button>
    </form>
  );
}
