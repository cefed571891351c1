import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { type Command, matches, useAllCommands } from "@/app/commands/registry";
import { renderPage } from "@/test-page";
import { usePaletteCommands } from "./palette-commands";

let known: readonly Command[] = [];
function Page() {
  usePaletteCommands();
  known = useAllCommands();
  return <button type="button">{known.length} commands</button>;
}

async function found(query: string, role: "owner" | "rep" | "read_only" = "owner") {
  renderPage(Page, "/leads", "/leads", {}, role);
  await screen.findByRole("button", { name: /[1-9]\d* commands/ });
  return known.filter((command) => matches(command, query)).map(({ title }) => title);
}

test.each([
  ["assign", "Assign leads"],
  ["export", "Export leads"],
  ["mailbox", "Connect a mailbox"],
  ["invite", "Invite a team member"],
  ["merge", "Merge duplicates"],
  ["delete", "Delete leads"],
])("the palette finds %s on a page without leads", async (query, title) => {
  expect((await found(query))[0]).toBe(title);
});

test("“pause” finds the end of all sending, and no new campaign", async () => {
  expect(await found("pause")).toEqual(["Stop all sending"]);
});

test("a user who may only read finds no command that changes leads or the team", async () => {
  expect(await found("assign", "read_only")).toEqual(["Settings: routing"]);
  expect(await found("merge", "read_only")).toEqual([]);
});

test("a rep finds no invitation and no deletion", async () => {
  expect(await found("delete", "rep")).toEqual([]);
  expect(await found("invite", "rep")).toEqual(["Settings: team"]);
});

test("a command for chosen leads says how it goes on", async () => {
  await found("assign");
  known.find(({ id }) => id === "leads-assign")?.run();
  expect(await screen.findByText("Tick leads with X, then press A")).toBeTruthy();
});
