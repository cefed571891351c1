// The form of one account and its secret, which is only ever written.
import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { Fragment, useEffect, useState } from "react";
import { asProblem } from "@/api/errors";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { isFailing, isUntested } from "@/shared/lib/account-state";
import { useMerged } from "@/shared/lib/hooks";
import { weekProblem } from "@/shared/lib/week";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast, toastProblem } from "@/shared/ui/toast";
import { answersGoTo, isHeard } from "./hearing";
import { HoursField } from "./hours-field";
import { fieldProblem, kindOf, mailbox, sends, settingsFrom, shownFields, valuesFrom } from "./kinds";
import { LIMIT_FIELDS, type LimitTexts, limitProblems, limitsOf, textsOf, usualLimits } from "./limits";
import { LimitsField, today } from "./limits-field";
import { freeTexts, PROPOSED, ProposalNote, useMailboxProposal } from "./mailbox-proposal";
import { OauthSetup } from "./oauth-setup";
import {
  type AccountKind,
  type AccountView,
  accountsQuery,
  type SenderView,
  useAccountMoves,
  useConnect,
  type WorkingHours,
} from "./queries";

/** The result of the test that follows saving. */
function saidOf(name: string, saved: AccountView) {
  if (!sends(saved.kind) || !saved.enabled) return `${name} saved`;
  if (isFailing(saved)) return `${name} saved, but it does not work: ${saved.last_error?.detail ?? "it was refused"}`;
  return isUntested(saved) ? `${name} saved, not tested yet` : `${name} saved, and it works`;
}

/** The fields that the forms of all mailboxes share. */
export type Begun = Record<"name" | "settings.from_address" | "settings.from_name", string>;

interface DialogState {
  /** The fields that a person has typed into: nothing is filled in there. */
  typed: Set<string>;
  /** The number of fields that the address's settings were filled into. */
  filled: number;
  /** The effects of disconnecting, shown before it is done. */
  asked?: string;
  /** Campaigns send from the account. */
  inUse?: boolean;
  /** The secret that was generated for the provider's side. */
  generated?: string;
  limits: LimitTexts | null;
  hours: WorkingHours | null;
}

function limitsAtFirst(kind: AccountKind, account?: AccountView): LimitTexts | null {
  if (account) return account.limits ? textsOf(account.limits, today()) : null;
  return sends(kind) ? usualLimits(Intl.DateTimeFormat().resolvedOptions().timeZone, today(), kind) : null;
}

export function AccountDialog({
  kind,
  sender,
  account,
  begun,
  onConnectAt,
  onClose,
}: {
  kind: AccountKind;
  /** The provider, for a kind that many providers share. */
  sender?: SenderView;
  account?: AccountView;
  /** What was typed in another kind's form. */
  begun?: Begun;
  /** Goes on in the form of a mailbox that is connected on its provider's page. */
  onConnectAt?: (provider: string, begun: Begun) => void;
  onClose: () => void;
}) {
  const k = kindOf(kind, sender);
  const { add, change, remove } = useAccountMoves();
  const connect = useConnect();
  const all = useQuery(accountsQuery).data?.items;
  const [{ typed, filled, asked, inUse, generated, limits, hours }, set] = useMerged<DialogState>(() => ({
    typed: new Set(),
    filled: 0,
    limits: limitsAtFirst(kind, account),
    hours: account?.hours ?? null,
  }));
  /** The revision on which this form is based, whatever is saved meanwhile. */
  const [rev] = useState(account?.rev);
  const secrets = k.secrets.map((secret) => ({ ...secret, field: `secret.${secret.key}` }));
  const settings = account
    ? valuesFrom(kind, account.settings, k.fields)
    : Object.fromEntries(k.fields.map((f) => [f.key, f.initial]));
  const start: Record<string, string> = {
    name: account?.name ?? "",
    ...Object.fromEntries(secrets.map(({ field }) => [field, ""])),
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`settings.${key}`, value])),
    ...begun,
  };
  const texts = (v: Record<string, string>) =>
    Object.fromEntries(k.fields.map((f) => [f.key, v[`settings.${f.key}`] ?? ""]));
  const shownSecrets = (v: Record<string, string>) => secrets.filter(({ needed }) => !needed || needed(texts(v)));
  const form = useForm<Record<string, string>>(
    start,
    async (v) => {
      const settings = settingsFrom(kind, texts(v), k.fields);
      const name = (v.name ?? "").trim();
      const given = sends(kind) ? { limits: limits && limitsOf(limits) } : {};
      const secret = Object.fromEntries(
        shownSecrets(v)
          .map(({ key, field }) => [key, v[field] ?? ""])
          .filter(([, s]) => s),
      );
      const body = { name, settings, secret, hours, ...given };
      const saved = account
        ? await change.mutateAsync({ id: account.id, body: { ...body, rev } })
        : await add.mutateAsync(body);
      if (saved.generated_secret) {
        set({ generated: saved.generated_secret });
        return;
      }
      if (!account && sender?.redirect_uri) {
        // It is saved, and waits in the list, if its provider's page is not reached now.
        await connect.mutateAsync(saved.id).catch((e) => {
          toastProblem(`${name} saved, but not connected`, e);
          onClose();
        });
        return;
      }
      toast(saidOf(name, saved));
      onClose();
    },
    (v) => {
      const out: Record<string, string> = {};
      if (!v.name?.trim()) out.name = "Enter a label.";
      for (const f of shownFields(k.fields, texts(v))) {
        const problem = fieldProblem(f, v[`settings.${f.key}`] ?? "");
        if (problem) out[`settings.${f.key}`] = problem;
      }
      const wrong = hours ? weekProblem(hours) : undefined;
      if (wrong) out.hours = wrong;
      if (limits) Object.assign(out, limitProblems(limits));
      for (const { label, field, empty } of shownSecrets(v))
        if (!account && !v[field] && !empty) out[field] = `${label} is required.`;
      return out;
    },
  );
  const address = form.values["settings.from_address"] ?? "";
  const proposal = useMailboxProposal(address, kind === "smtp" && !account);
  const type = (key: string, value: string) => {
    set({ typed: new Set(typed).add(key) });
    form.set(key, value);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: filled in once for each proposal
  useEffect(() => {
    if (!proposal) return;
    const free = freeTexts(proposal, typed);
    // What an earlier address brought goes.
    for (const key of PROPOSED) if (!typed.has(key) && start[key] !== undefined) form.set(key, start[key]);
    for (const [key, value] of free) form.set(key, value);
    set({ filled: free.length });
  }, [proposal]);
  if (generated) {
    return (
      <Dialog
        open
        onlyByButton
        onClose={onClose}
        title={account ? "Saved. Copy your new secret" : "Connected. Copy your secret"}
        description={
          kind === "whatsapp"
            ? "Give it to Meta as the webhook's verify token. It is shown only once."
            : "Give it to the provider that posts the e-mails: for signing, or as the password in the webhook's address. It is shown only once."
        }
        footer={
          <>
            <Button
              icon={<Copy size={14} />}
              onClick={() => void navigator.clipboard?.writeText(generated).then(() => toast("Copied"))}
            >
              Copy
            </Button>
            <Button kind="primary" onClick={onClose}>
              I have copied it
            </Button>
          </>
        }
      >
        <code className="block rounded-control border bg-canvas px-3 py-2 break-all">{generated}</code>
      </Dialog>
    );
  }
  const answers = mailbox(kind) && all ? answersGoTo(settingsFrom(kind, texts(form.values), k.fields)) : undefined;
  const reportsHere =
    kind === "resend" &&
    (!!form.values["secret.signing_secret"]?.trim() || account?.secrets.includes("signing_secret"));
  const reads = !!sender?.redirect_uri || !!form.values["settings.imap.host"]?.trim() || reportsHere;
  const unheard =
    answers && all && !isHeard(answers, all) && !(reads && (reportsHere || answers === address.trim().toLowerCase()))
      ? answers
      : undefined;
  /** A mailbox of a grant is disconnected on its page, and stays. */
  const removal = sender?.redirect_uri ? "Delete" : "Disconnect";
  const disconnect = () => {
    if (!account) return;
    if (!asked) {
      set({ asked: "Its secret is deleted, and it sends nothing any more. This cannot be undone." });
      return;
    }
    remove.mutate(
      { id: account.id, anyway: !!inUse },
      {
        onSuccess: () => {
          toast(`${account.name} ${sender?.redirect_uri ? "deleted" : "disconnected"}`);
          onClose();
        },
        onError: (e) => {
          const problem = asProblem(e);
          if (problem.code === "mailbox_in_use") {
            set({ inUse: true, asked: problem.detail });
          } else toastProblem(`Could not ${removal.toLowerCase()} ${account.name}`, e);
        },
      },
    );
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={account ? account.name : `Connect: ${k.label}`}
      description={k.what}
      footer={
        <>
          <Button kind="primary" type="submit" form="account" busy={form.busy}>
            {account ? "Save changes" : sender?.redirect_uri ? "Save and connect" : "Connect"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
          {account ? (
            <Button kind={asked ? "grave" : "danger"} className="ml-auto" busy={remove.isPending} onClick={disconnect}>
              {inUse ? `${removal} anyway` : asked ? `${removal} 1 account` : removal}
            </Button>
          ) : null}
        </>
      }
    >
      {asked ? (
        <p role="alert" className="mb-3 text-bad-ink">
          {asked}
        </p>
      ) : null}
      <form id="account" onSubmit={form.submit} noValidate className="grid gap-3 sm:grid-cols-2">
        <div className="sm:col-span-2">
          <FormProblem
            problem={form.problem}
            fields={[...Object.keys(start), "hours", "hours.zone", ...LIMIT_FIELDS]}
          />
        </div>
        {sender?.redirect_uri ? <OauthSetup provider={sender.provider} uri={sender.redirect_uri} /> : null}
        <Field label="Label" error={form.errors.name} help="Shown only in leadflow." className="sm:col-span-2">
          <Input value={form.values.name ?? ""} onChange={(e) => type("name", e.target.value)} />
        </Field>
        {shownFields(k.fields, texts(form.values))
          .filter((f) => !f.fixed)
          .map((f) => (
            <Fragment key={f.key}>
              <Field label={f.label} help={f.help} error={form.errors[`settings.${f.key}`]}>
                {f.type === "select" ? (
                  <Select
                    value={form.values[`settings.${f.key}`] ?? f.initial}
                    options={f.options ?? []}
                    onValue={(v) => type(`settings.${f.key}`, v)}
                    className="w-full"
                  />
                ) : (
                  <Input
                    inputMode={f.type === "number" ? "numeric" : f.type === "email" ? "email" : undefined}
                    value={form.values[`settings.${f.key}`] ?? ""}
                    onChange={(e) => type(`settings.${f.key}`, e.target.value)}
                  />
                )}
              </Field>
              {f.key === "from_name" && proposal ? (
                <ProposalNote
                  proposal={proposal}
                  address={address}
                  filled={filled}
                  onConnectAt={
                    onConnectAt
                      ? (provider) =>
                          onConnectAt(provider, {
                            name: form.values.name ?? "",
                            "settings.from_address": address,
                            "settings.from_name": form.values["settings.from_name"] ?? "",
                          })
                      : undefined
                  }
                />
              ) : null}
            </Fragment>
          ))}
        {shownSecrets(form.values).map(({ label, field, empty }) => (
          <Field
            key={field}
            label={label}
            error={form.errors[field]}
            help={
              account
                ? "Leave empty to keep the current one. Stored encrypted and never shown."
                : (empty ?? "Stored encrypted and never shown.")
            }
            className="sm:col-span-2"
          >
            <Input
              type="password"
              autoComplete="off"
              value={form.values[field] ?? ""}
              onChange={(e) => type(field, e.target.value)}
            />
          </Field>
        ))}
        {unheard ? (
          <p className="rounded-panel border bg-warm-soft px-3.5 py-2.5 text-ink sm:col-span-2">
            <span className="font-medium">leadflow cannot read replies to {unheard}.</span> Leads who reply stay in the
            sequence and get the next message. To receive their replies,{" "}
            {kind === "smtp"
              ? "enter the IMAP server, or "
              : kind === "resend"
                ? "enter the webhook's signing secret, or "
                : ""}
            connect “Replies by webhook” for that address as well.
          </p>
        ) : null}
        {sends(kind) ? (
          <>
            <LimitsField
              kind={kind}
              value={limits}
              onChange={(next) => {
                set({ limits: next });
                form.mended("limits");
              }}
              errors={form.errors}
            />
            <HoursField
              value={hours}
              onChange={(next) => {
                set({ hours: next });
                form.mended("hours");
              }}
              errors={form.errors}
            />
          </>
        ) : null}
      </form>
    </Dialog>
  );
}
