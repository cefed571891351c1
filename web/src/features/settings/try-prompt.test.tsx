import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import type { AiUse } from "./prompts";
import TryPrompt from "./try-prompt";

const TRIAL = {
  rules: "You draft the answer.",
  added: ["Style, which never adds facts: Be brief."],
  told: [{ what: "the lead", text: "What does it cost?" }],
  answer: "Hello, I will find out.",
  turned_down: null as string | null,
  facts: [] as object[],
  model: "small",
  cost: 4_500,
};

const open = (name: AiUse, answer: unknown) =>
  renderPage(
    () => <TryPrompt name={name} instructions="Be brief." onClose={() => undefined} />,
    "/settings/prompts",
    "/settings/prompts",
    {
      "GET /api/leads": { items: [{ id: "lead_1", name: "Ana Silva", company: "Acme" }] },
      [`POST /api/ai/prompts/${name}/try`]: answer,
    },
  );
const bodies = (sent: { method: string; body: unknown }[]) =>
  sent.filter(({ method }) => method === "POST").map(({ body }) => body);
const start = async () => fireEvent.click(await screen.findByRole("button", { name: "Try" }));

const type = async (text: string) => {
  fireEvent.click(await screen.findByLabelText("A text that you type"));
  fireEvent.change(screen.getByLabelText("Text"), { target: { value: text } });
};

test("a typed text is answered with the instructions as they stand, and the prompt, verdict and cost are shown", async () => {
  const { sent } = open("reply_draft", TRIAL);
  expect((await screen.findByRole<HTMLButtonElement>("button", { name: "Try" })).disabled).toBe(true);
  await type(" What does it cost? ");
  await start();
  const result = within(await screen.findByRole("region", { name: "Result" }));
  result.getByText("Passed the check");
  result.getByText("Hello, I will find out.");
  expect(result.getByText(/^small, /).textContent).toMatch(/^small, \$0\.0045/);
  result.getByText("Style, which never adds facts: Be brief.");
  result.getByText("What does it cost?");
  expect(bodies(sent)).toEqual([{ instructions: "Be brief.", text: "What does it cost?" }]);
});

test("an answer that says too much is shown as turned down, and goes when another text is typed", async () => {
  open("reply_draft", { ...TRIAL, answer: "It is 49 EUR.", turned_down: "the draft says what nobody has said: 49" });
  await type("What does it cost?");
  await start();
  await screen.findByText("Turned down");
  screen.getByText("Not used: the draft says what nobody has said: 49.");
  await type("Another text.");
  await expect.poll(() => screen.queryByText("Turned down")).toBeNull();
});

test("an opening line is tried on a chosen lead, with the facts that it rests on", async () => {
  const facts = [{ number: 3, text: "It is in Leeds.", source: "lead.city" }];
  const { sent } = open("opening_line", { ...TRIAL, answer: "Leeds it is.", facts });
  fireEvent.change(await screen.findByLabelText("Lead"), { target: { value: "ana" } });
  fireEvent.click(await screen.findByRole("button", { name: /Ana Silva/ }));
  await start();
  const list = await screen.findByRole("list", { name: "Facts of the answer" });
  expect(list.textContent).toBe("It is in Leeds.");
  expect(bodies(sent)).toEqual([{ instructions: "Be brief.", lead_id: "lead_1" }]);
});

test("AI that is off is said in plain words", async () => {
  const detail = "AI is switched off in this workspace.";
  open("reply_draft", refusal(409, { code: "ai_switched_off", detail, status: 409, title: "Conflict" }));
  await type("What does it cost?");
  await start();
  expect((await screen.findByRole("alert")).textContent).toBe(detail);
});

test("what is tried cannot be changed while the model is asked", async () => {
  open("reply_draft", new Promise(() => undefined));
  await type("What does it cost?");
  await start();
  const isFixed = (label: string) => !!screen.getByLabelText(label).closest("fieldset[disabled]");
  await expect.poll(() => isFixed("Text")).toBe(true);
  expect(isFixed("A text that you type")).toBe(true);
});
