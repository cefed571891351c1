// AI and enrichment: what models and providers may do, and the tone of texts.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Field, TextArea } from "@/shared/forms/field";
import { Button } from "@/shared/ui/button";
import { Loaded } from "@/shared/ui/states";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type SettingsView, settingsQuery, useChangeSettings } from "./queries";

export function WritingSection() {
  const query = useQuery(settingsQuery);
  return (
    <Loaded query={query} what="This section">
      {(s) => <Body settings={s} />}
    </Loaded>
  );
}

function Body({ settings }: { settings: SettingsView }) {
  const change = useChangeSettings();
  const [voice, setVoice] = useState(settings.house_voice);
  const flip = (
    key: "ai_enabled" | "ai_reads_answers" | "ai_drafts_answers" | "enrichment_enabled",
    on: boolean,
    what: string,
  ) =>
    change.mutate(
      { [key]: on },
      {
        onSuccess: () => toast(`${what} ${on ? "on" : "off"}`, { undo: () => change.mutateAsync({ [key]: !on }) }),
        onError: (error) => toastProblem(`Could not change ${what}`, error),
      },
    );
  return (
    <div className="max-w-text space-y-4 p-6 max-lg:p-4">
      <Switch
        checked={settings.ai_enabled}
        disabled={change.isPending}
        onValue={(on) => flip("ai_enabled", on, "AI opening lines")}
        label="AI opening lines"
        note="Each new lead gets a line based on its own facts. When off, a default text is used and nothing is sent to a model."
      />
      <Switch
        checked={settings.ai_reads_answers}
        disabled={change.isPending}
        onValue={(on) => flip("ai_reads_answers", on, "AI reading")}
        label="AI reading of answers"
        note="An answer that the rules are not sure of is read by your model. Its text, also from private mailboxes, is then sent to your model's provider; each answer costs about 700 tokens there, at most 500 answers a day. Sequences stop before, and an opt-out that the rules found stands. When off, no text is sent."
      />
      <Switch
        checked={settings.ai_drafts_answers}
        disabled={change.isPending}
        onValue={(on) => flip("ai_drafts_answers", on, "AI drafts of answers")}
        label="AI drafts of answers"
        note="When a lead answers, your model drafts a reply. It waits in the inbox until one of you approves, changes or refuses it; nothing is sent automatically. The conversation, from private mailboxes too, goes to your model's provider; each draft costs about 1,500 tokens there. An opt-out, an absence note or a no gets no draft."
      />
      <Switch
        checked={settings.enrichment_enabled}
        disabled={change.isPending}
        onValue={(on) => flip("enrichment_enabled", on, "Enrichment")}
        label="Enrich leads"
        note="Location and time zone from the address, e-mail verification, and what the company's website says."
      />
      <Field label="House voice" help="How your texts sound, in your own words. Used in every AI prompt.">
        <TextArea rows={4} value={voice} maxLength={2000} onChange={(e) => setVoice(e.target.value)} />
      </Field>
      <Button
        kind="primary"
        disabled={voice === settings.house_voice}
        busy={change.isPending}
        onClick={() =>
          change.mutate(
            { house_voice: voice },
            {
              onSuccess: () => toast("House voice saved"),
              onError: (e) => toastProblem("Could not save the house voice", e),
            },
          )
        }
      >
        Save
      </Button>
    </div>
  );
}
