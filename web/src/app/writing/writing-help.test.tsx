import { fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, test } from "vitest";
import type { Written } from "@/shared/editor/composer";
import { refusal, renderPage } from "@/test-page";
// Loaded when first shown: not in a test's time.
import "@/shared/ui/toast-list";
import "@/shared/ui/floating";
import WritingHelp from "./writing-help";

const SETTINGS = { default_zone: "Europe/London", sending: { state: "running" }, ai_enabled: true };
const LONG = "Hi {{first_name}}, would Tuesday or maybe Wednesday suit you?";

function open(answers: Record<string, unknown>, answered?: string, campaign?: string) {
  const Page = () => {
    const [written, setWritten] = useState<Written>({ channel: "email", subject: "Hello", text: LONG });
    return (
      <>
        <p data-testid="text">{written.text}</p>
        <WritingHelp written={written} onChange={setWritten} answers={answered} campaign={campaign} />
      </>
    );
  };
  return renderPage(Page, "/inbox", "/inbox", { "GET /api/settings": SETTINGS, ...answers });
}

const choose = async (name: string) => {
  fireEvent.click(await screen.findByRole("button", { name: "Help" }));
  fireEvent.click(await screen.findByRole("menuitem", { name }));
};
const text = () => screen.getByTestId("text").textContent;

test("a rewritten draft stands in the composer, and the text before can be put back", async () => {
  const short = "Hi {{first_name}}, Tuesday?";
  const { sent } = open({ "POST /api/ai/rewrite": { subject: "Hello", text: short } });
  await choose("Make it shorter");
  await waitFor(() => expect(text()).toBe(short));
  expect(sent.find(({ path }) => path === "/api/ai/rewrite")?.body).toEqual({
    subject: "Hello",
    text: LONG,
    rewrite: { how: "shorter" },
  });
  fireEvent.click(await screen.findByRole("button", { name: /Undo/ }));
  await waitFor(() => expect(text()).toBe(LONG));
});

test("a refusal is told, and the text stays", async () => {
  const why = "The month's cap is reached.";
  open({ "POST /api/ai/rewrite": refusal(409, { code: "cap_reached", detail: why }) });
  await choose("Make it friendlier");
  await screen.findByText(new RegExp(why));
  expect(text()).toBe(LONG);
});

test("a draft of a campaign names it, and its switched-off AI is told", async () => {
  const why = "AI is switched off for the campaign Clinics. Switch it on there, under Writing.";
  const refused = refusal(409, { code: "ai_switched_off_in_campaign", detail: why });
  const { sent } = open({ "POST /api/ai/rewrite": refused }, undefined, "campaign_1");
  await choose("Make it shorter");
  await screen.findByText(new RegExp(why));
  expect(sent.find(({ path }) => path === "/api/ai/rewrite")?.body.campaign_id).toBe("campaign_1");
  expect(text()).toBe(LONG);
});

test("another language is asked for by name", async () => {
  const { sent } = open({ "POST /api/ai/rewrite": { subject: "Hallo", text: "Hallo {{first_name}}" } });
  await choose("In another language…");
  fireEvent.click(await screen.findByRole("button", { name: "Rewrite" }));
  await screen.findByText("Enter a language.");
  fireEvent.change(screen.getByLabelText("Language"), { target: { value: "German" } });
  fireEvent.click(screen.getByRole("button", { name: "Rewrite" }));
  await waitFor(() => expect(text()).toBe("Hallo {{first_name}}"));
  expect(sent.find(({ path }) => path === "/api/ai/rewrite")?.body.rewrite).toEqual({
    how: "language",
    language: "German",
  });
});

test("a score tells what takes points", async () => {
  open({
    "POST /api/ai/score": { points: 75, remarks: [{ code: "no_subject", advice: "Give it a subject.", takes: 25 }] },
  });
  await choose("Score this draft");
  await screen.findByText("75 of 100 points");
  await screen.findByText("Give it a subject.");
});

test("an answer is drafted only where a message is answered", async () => {
  open({ "POST /api/ai/draft-reply": { text: "Hi Ann, I will find out." } }, "lead_1");
  await choose("Draft an answer");
  await waitFor(() => expect(text()).toBe("Hi Ann, I will find out."));
});

test("with AI off for the user nothing is offered that asks a model", async () => {
  const me = { id: "user_1", name: "Maya", email: "m@example.test", role: "rep", disabled: false, ai_off: true };
  open({ "GET /api/team": { items: [me] } });
  fireEvent.click(await screen.findByRole("button", { name: "Help" }));
  await screen.findByRole("menuitem", { name: "Score this draft" });
  expect(screen.queryByRole("menuitem", { name: "Make it shorter" })).toBeNull();
});

test("with AI off a draft can still be scored", async () => {
  open({ "GET /api/settings": { ...SETTINGS, ai_enabled: false } });
  fireEvent.click(await screen.findByRole("button", { name: "Help" }));
  await screen.findByRole("menuitem", { name: "Score this draft" });
  expect(screen.queryByRole("menuitem", { name: "Make it shorter" })).toBeNull();
});
