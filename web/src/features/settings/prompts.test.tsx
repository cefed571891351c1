import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import type { Prompt } from "./prompts";
import { PromptsSection } from "./prompts-section";

const prompt = (name: Prompt["name"], more: Partial<Prompt> = {}): Prompt => ({
  name,
  built_in_version: 1,
  built_in_text: `The rules of ${name}.`,
  takes_instructions: true,
  may_be_tried: false,
  instructions: "",
  version: 0,
  ...more,
});

const own = prompt("opening_line", { instructions: "Name the city.", version: 2, by: "user_1", may_be_tried: true });
const versions = [
  { version: 2, instructions: "Name the city.", by: "user_1", at: "2026-11-28T09:00:00Z" },
  { version: 1, instructions: "Be brief.", by: "user_9", at: "2026-11-27T09:00:00Z" },
];

const open = (answers: Record<string, unknown> = {}, role?: "rep") =>
  renderPage(
    PromptsSection,
    "/settings/prompts",
    "/settings/prompts",
    {
      "GET /api/ai/prompts": {
        items: [own, prompt("rewrite"), prompt("ai_reading", { takes_instructions: false })],
      },
      "GET /api/ai/prompts/opening_line/versions": { items: versions },
      "GET /api/team": {
        items: [{ id: "user_1", name: "Maya", email: "m@example.test", role: "owner", disabled: false, ai_off: false }],
      },
      "PUT /api/ai/prompts/opening_line": { ...own, version: 3 },
      ...answers,
    },
    role,
  );

const put = (sent: { method: string; body: unknown }[]) =>
  sent.filter(({ method }) => method === "PUT").map(({ body }) => body);

test("instructions are saved as the next version of the one that was read", async () => {
  const { sent } = open();
  const field = await screen.findByLabelText("Your instructions");
  expect((field as HTMLTextAreaElement).value).toBe("Name the city.");
  screen.getByText("The rules of opening_line.");
  fireEvent.change(field, { target: { value: "Name the street." } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Instructions saved");
  expect(put(sent)).toEqual([{ instructions: "Name the street.", version: 2 }]);
});

test("an older version is restored, and the built-in prompt is one button away", async () => {
  const { sent } = open();
  fireEvent.click(await screen.findByRole("button", { name: "Restore version 1" }));
  await screen.findByText("Version 1 restored");
  fireEvent.click(screen.getByRole("button", { name: "Back to the built-in prompt" }));
  await expect
    .poll(() => put(sent))
    .toEqual([
      { instructions: "Be brief.", version: 2 },
      { instructions: "", version: 2 },
    ]);
});

test("a change that someone else was faster with is told, and the text stays", async () => {
  open({ "PUT /api/ai/prompts/opening_line": refusal(409, { code: "changed_meanwhile", detail: "Someone else." }) });
  const field = await screen.findByLabelText("Your instructions");
  fireEvent.change(field, { target: { value: "Mine." } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText(/^Could not save the instructions/);
  expect((field as HTMLTextAreaElement).value).toBe("Mine.");
});

test("the list tells which prompts are the workspace's own, and the reading takes none", async () => {
  open();
  const list = within(await screen.findByRole("button", { name: /^Opening lines/ }));
  list.getByText("Own instructions, version 2");
  fireEvent.click(screen.getByRole("button", { name: /^AI reading/ }));
  await screen.findByText(/takes no instructions/);
  expect(screen.queryByLabelText("Your instructions")).toBeNull();
});

test("who is no admin reads instructions and versions, and changes nothing", async () => {
  open({}, "rep");
  const field = await screen.findByLabelText("Your instructions");
  expect(field.hasAttribute("readonly")).toBe(true);
  screen.getByText("Be brief.");
  expect(screen.queryByRole("button", { name: /Restore|Save|Back/ })).toBeNull();
});

test("a prompt that cannot be tried has no button for it, and who is no admin has none", async () => {
  open();
  await screen.findByRole("button", { name: "Try it" });
  fireEvent.click(screen.getByRole("button", { name: /^Rewritten drafts/ }));
  await screen.findByText("The rules of rewrite.");
  expect(screen.queryByRole("button", { name: "Try it" })).toBeNull();
  cleanup();
  open({}, "rep");
  await screen.findByLabelText("Your instructions");
  expect(screen.queryByRole("button", { name: "Try it" })).toBeNull();
});
