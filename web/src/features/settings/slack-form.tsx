// The workspace's Slack channel: its webhook, which is never shown again, and what it is told.
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { when } from "@/shared/lib/format";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Switch } from "@/shared/ui/switch";
import { toast, toastProblem } from "@/shared/ui/toast";
import { KINDS, type NotificationKind, type Slack, useSlackMoves } from "./notices";
import { TickList } from "./tick-list";

export function SlackForm({ slack }: { slack: Slack }) {
  const { save, test, disconnect } = useSlackMoves();
  const isConnected = slack.ending != null;
  const form = useForm(
    { url: "", kinds: slack.kinds, with_details: slack.with_details },
    async (v) => {
      const { kinds, with_details } = v;
      const url = v.url.trim();
      const next = await save.mutateAsync({ kinds, with_details, rev: slack.rev, ...(url ? { url } : {}) });
      form.reset({ url: "", kinds: next.kinds, with_details: next.with_details });
      toast("Slack channel saved");
    },
    (v) => ({
      ...(v.url.trim() || isConnected ? {} : { url: "Enter the address of a webhook." }),
      ...(v.kinds.length ? {} : { kinds: "Choose at least one." }),
    }),
  );
  const fault = form.errors.url;
  return (
    <section aria-label="Slack">
      <Heading note="for the whole workspace">Slack</Heading>
      <p className="mt-1 text-ink-2">
        One Slack channel is told what happens, with the lead's name and a link. Everyone in the channel sees it,
        whichever leads they see in leadflow.
      </p>
      {isConnected ? (
        <p role="status" className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1">
          <State tone={slack.off ? "bad" : "good"}>{slack.off ? "Switched off" : "Connected"}</State>
          <span className="text-ink-2">
            {slack.off
              ? `${slack.off.detail} Switched off ${when(slack.off.at)}.`
              : `The webhook ends in ${slack.ending}.`}
          </span>
        </p>
      ) : null}
      <form onSubmit={form.submit} noValidate className="mt-3 space-y-3">
        <FormProblem problem={form.problem} fields={["url", "kinds"]} />
        <Field
          label={isConnected ? "New webhook" : "Webhook"}
          help={
            isConnected
              ? "Leave it empty to keep the present one."
              : "In Slack, add an incoming webhook to the channel and paste its address here. It is a secret and is not shown again."
          }
          error={fault && (fault.startsWith("Enter") ? fault : `This ${fault}.`)}
        >
          <Input
            value={form.values.url}
            maxLength={300}
            placeholder="https://hooks.slack.com/services/…"
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            onChange={(e) => form.set("url", e.target.value)}
          />
        </Field>
        <TickList<NotificationKind>
          legend="Tell the channel about"
          options={KINDS}
          chosen={form.values.kinds}
          change={(kinds) => form.set("kinds", kinds)}
          error={form.errors.kinds}
        />
        <Switch
          checked={form.values.with_details}
          onValue={(on) => form.set("with_details", on)}
          label="Include the message text"
          note="The second line of a notification, which may quote what a lead wrote."
        />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" kind="primary" busy={form.busy} disabled={!form.dirty}>
            {isConnected ? "Save channel" : "Connect channel"}
          </Button>
          {isConnected ? (
            <>
              <Button
                busy={test.isPending}
                onClick={() =>
                  test.mutate(undefined, {
                    onSuccess: ({ sent }) => (sent ? toast("Slack took the test") : undefined),
                    onError: (error) => toastProblem("Could not send the test", error),
                  })
                }
              >
                Send a test
              </Button>
              <Button
                kind="quiet"
                busy={disconnect.isPending}
                onClick={() =>
                  disconnect.mutate(undefined, {
                    onSuccess: () => toast("Slack channel disconnected"),
                    onError: (error) => toastProblem("Could not disconnect Slack", error),
                  })
                }
              >
                Disconnect
              </Button>
            </>
          ) : null}
        </div>
        {test.data?.detail ? (
          <p role="alert" className="text-bad-ink">
            {test.data.detail}
          </p>
        ) : null}
      </form>
    </section>
  );
}
