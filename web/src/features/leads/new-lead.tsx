// Adds one lead by hand.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { client, unwrap } from "@/api/client";
import { CountryInput } from "@/shared/forms/country-input";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";

const EMPTY = { first_name: "", last_name: "", company: "", email: "", phone: "", country: "" };
type Values = typeof EMPTY;
const LABELS: [keyof Values, string, string?][] = [
  ["first_name", "First name"],
  ["last_name", "Last name"],
  ["company", "Company"],
  ["email", "E-mail"],
  ["phone", "Phone"],
  ["country", "Country", "Used for phone numbers without a country code."],
];

export function NewLead({ open, onClose }: { open: boolean; onClose: () => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const form = useForm<Values>(
    EMPTY,
    async (v) => {
      const body = Object.fromEntries(Object.entries(v).flatMap(([k, x]) => (x.trim() ? [[k, x.trim()]] : [])));
      const made = await unwrap(client.POST("/api/leads", { body }));
      void cache.invalidateQueries({ queryKey: ["leads"] });
      toast("Lead added");
      onClose();
      form.reset(EMPTY);
      void navigate({ to: "/leads/$id", params: { id: made.id } });
    },
    (v): Record<string, string> =>
      v.email.trim() || v.phone.trim() ? {} : { email: "Enter an e-mail address or a phone number." },
  );
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="New lead"
      footer={
        <>
          <Button kind="primary" busy={form.busy} type="submit" form="new-lead">
            Add lead
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="new-lead" onSubmit={form.submit} noValidate className="grid gap-3 sm:grid-cols-2">
        <div className="sm:col-span-2">
          <FormProblem problem={form.problem} fields={LABELS.map(([k]) => k)} />
        </div>
        {LABELS.map(([key, label, help]) => (
          <Field key={key} label={label} error={form.errors[key]} help={help}>
            {key === "country" ? (
              <CountryInput name={key} value={form.values[key]} onValue={(code) => form.set(key, code)} />
            ) : (
              <Input
                name={key}
                type={key === "email" ? "email" : key === "phone" ? "tel" : "text"}
                maxLength={200}
                value={form.values[key]}
                onChange={(e) => form.set(key, e.target.value)}
              />
            )}
          </Field>
        ))}
      </form>
    </Dialog>
  );
}
