// Help with a message that is being written: rewritten by the workspace's model, scored by rules, an answer drafted. What
// comes back stands in the composer, to be read, changed and sent by its writer; the text before can be put back.
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import type { Written } from "@/shared/editor/composer";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Menu, type MenuItem } from "@/shared/ui/menu";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useMayAskAi } from "./use-ai";

type Rewrite = Schema["RewriteRequest"]["rewrite"];
type Score = Schema["DraftScore"];

export interface WritingHelpProps {
  written: Written;
  onChange: (next: Written) => void;
  /** The lead whose last message an answer is drafted to; none where nothing is answered. */
  answers?: string;
  /** The campaign that the conversation belongs to, whose AI switch and budget hold. */
  campaign?: string;
}

export default function WritingHelp({ written, onChange, answers, campaign }: WritingHelpProps) {
  const mayAskAi = useMayAskAi();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState<"language" | "instruction">();
  const [score, setScore] = useState<Score>();
  const hasText = !!written.text.trim();
  const replace = (next: Partial<Written>, told: string) => {
    onChange({ ...written, ...next });
    toast(told, { undo: async () => onChange(written) });
  };
  const work = async (what: string, ask: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await ask();
    } catch (error) {
      toastProblem(what, asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  const rewrite = async (how: Rewrite, told: string) => {
    const { subject, text } = written;
    const body = { subject: written.channel === "email" ? subject : "", text, rewrite: how, campaign_id: campaign };
    const next = await unwrap(client.POST("/api/ai/rewrite", { body }));
    replace({ text: next.text, ...(subject ? { subject: next.subject ?? subject } : {}) }, told);
  };
  const item = (label: string, how: Rewrite, told: string): MenuItem => ({
    label,
    disabled: !hasText,
    run: () => void work("The draft was not rewritten", () => rewrite(how, told)),
  });
  const draftAnswer = () =>
    work("No answer was drafted", async () => {
      const body = { lead_id: answers ?? "" };
      const { text } = await unwrap(client.POST("/api/ai/draft-reply", { body }));
      replace({ text }, "Answer drafted: read it before you send it");
    });
  const showScore = () =>
    work("The draft was not scored", async () => {
      const body = { subject: written.subject, text: written.text };
      setScore(await unwrap(client.POST("/api/ai/score", { body })));
    });
  const byModel: MenuItem[] = mayAskAi
    ? [
        ...(answers ? [{ label: "Draft an answer", run: () => void draftAnswer() }] : []),
        item("Make it shorter", { how: "shorter" }, "Made shorter"),
        item("Make it friendlier", { how: "friendlier" }, "Made friendlier"),
        item("Simpler words", { how: "plainer" }, "Made plainer"),
        { label: "In another language…", disabled: !hasText, run: () => setAsking("language") },
        { label: "Your instruction…", disabled: !hasText, run: () => setAsking("instruction") },
      ]
    : [];
  const byRules: MenuItem[] =
    written.channel === "email" ? [{ label: "Score this draft", disabled: !hasText, run: () => void showScore() }] : [];
  const items = [...byModel, ...byRules];
  if (items.length === 0) return null;
  return (
    <>
      <Menu
        label="Help with the text"
        align="start"
        trigger={
          <Button kind="quiet" busy={busy}>
            Help
          </Button>
        }
        items={items}
      />
      {asking ? <AskDialog what={asking} onRewrite={rewrite} onClose={() => setAsking(undefined)} /> : null}
      {score ? <ScoreDialog score={score} onClose={() => setScore(undefined)} /> : null}
    </>
  );
}

function AskDialog({
  what,
  onRewrite,
  onClose,
}: {
  what: "language" | "instruction";
  onRewrite: (how: Rewrite, told: string) => Promise<void>;
  onClose: () => void;
}) {
  const language = what === "language";
  const form = useForm(
    { text: "" },
    async ({ text }) => {
      const how: Rewrite = language
        ? { how: "language", language: text.trim() }
        : { how: "instruction", text: text.trim() };
      await onRewrite(how, language ? `Now in ${text.trim()}` : "Rewritten");
      onClose();
    },
    ({ text }): Record<string, string> =>
      text.trim() ? {} : { text: language ? "Enter a language." : "Say what to change." },
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={language ? "In another language" : "Rewrite as I say"}
      footer={
        <>
          <Button kind="primary" type="submit" form="rewrite-as" busy={form.busy}>
            Rewrite
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="rewrite-as" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(form.errors)} />
        <Field
          label={language ? "Language" : "What to change"}
          help={language ? "Such as German." : "Such as: mention the booking link first. Facts are never added."}
          error={form.errors.text ?? form.errors["rewrite.text"] ?? form.errors["rewrite.language"]}
        >
          <Input
            value={form.values.text}
            maxLength={language ? 40 : 300}
            onChange={(e) => form.set("text", e.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}

function ScoreDialog({ score, onClose }: { score: Score; onClose: () => void }) {
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${score.points} of 100 points`}
      footer={<Button onClick={onClose}>Close</Button>}
    >
      {score.remarks.length === 0 ? (
        <p>Nothing to improve: short, personal, and with one question.</p>
      ) : (
        <ul aria-label="What takes points" className="divide-y border-y">
          {score.remarks.map(({ code, advice, takes }) => (
            <li key={code} className="flex gap-3 py-2">
              <span className="w-8 shrink-0 text-right font-medium text-bad-ink">−{takes}</span>
              <span className="min-w-0 [overflow-wrap:anywhere]">{advice}</span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
