// The consent of an import's leads: its basis, date and channels, for rows whose columns say nothing.
import { Field, Input } from "@/shared/forms/field";
import { CHANNEL_WORDS, CONSENT_OPTIONS } from "@/shared/lib/labels";
import { Checkbox } from "@/shared/ui/checkbox";
import { Select } from "@/shared/ui/select";
import type { Options } from "./model";

const CHANNELS = ["email", "sms", "whatsapp"] as const;

export const BY_MAIL: NonNullable<Options["consent"]> = { basis: null, on: null, channels: ["email"] };

export function ConsentOptions({ options, onChange }: { options: Options; onChange: (options: Options) => void }) {
  const consent = options.consent ?? BY_MAIL;
  const set = (part: Partial<typeof consent>) => onChange({ ...options, consent: { ...consent, ...part } });
  return (
    <fieldset className="space-y-3">
      <legend className="sr-only">Consent</legend>
      <Field
        label="Basis of contact"
        help="For rows without a column that says it. Some countries and channels need consent: leads without it are held."
      >
        <Select
          value={consent.basis ?? "none"}
          options={[{ value: "none", label: "None stated" }, ...CONSENT_OPTIONS]}
          onValue={(basis) => set({ basis: basis === "none" ? null : basis })}
          className="w-full"
        />
      </Field>
      {consent.basis ? (
        <>
          <fieldset className="flex flex-wrap gap-x-4">
            <legend className="sr-only">Channels of the consent</legend>
            {CHANNELS.map((channel) => (
              <label key={channel} className="flex items-center gap-1">
                <Checkbox
                  checked={consent.channels.includes(channel)}
                  disabled={consent.channels.length === 1 && consent.channels.includes(channel)}
                  onValue={(on) =>
                    set({ channels: CHANNELS.filter((c) => (c === channel ? on : consent.channels.includes(c))) })
                  }
                />
                {CHANNEL_WORDS[channel]}
              </label>
            ))}
          </fieldset>
          <Field label="Date of consent" help="The day of the import if left empty.">
            <Input type="date" value={consent.on ?? ""} onChange={(e) => set({ on: e.target.value || null })} />
          </Field>
        </>
      ) : null}
      <Field label="Source of consent" help="Where the leads come from and agreed. Saved with each lead's consent.">
        <Input
          value={options.consent_basis ?? ""}
          maxLength={500}
          onChange={(e) => onChange({ ...options, consent_basis: e.target.value || null })}
        />
      </Field>
    </fieldset>
  );
}
