import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { ModelSuppressions } from "./model-suppressions";
import type { ModelSuppressionView } from "./queries";

const one = (value: string): ModelSuppressionView => ({
  entry: { scope: "email", value, reason: "opted_out", created_at: "2026-11-20T08:00:00Z" },
  channel: "email",
  at: "2026-11-20T08:00:00Z",
  sentence: "We have no use for this",
  text: "We have no use for this. Ask us in spring.",
});
const LIST = "/api/settings/suppressions";

const page = (items: ModelSuppressionView[]) =>
  renderPage(() => <ModelSuppressions />, "/settings", "/settings", {
    [`GET ${LIST}/by-model`]: { items },
    [`POST ${LIST}/lift`]: { undo: "sealed" },
    [`POST ${LIST}/keep`]: items[0]?.entry,
  });

test("an entry that a model alone made is removed with one click, and the reason names its sentence", async () => {
  const { sent } = page([one("ann@x.example")]);
  await screen.findByText("“We have no use for this”");
  fireEvent.click(screen.getByRole("button", { name: "Not an opt-out: remove ann@x.example from the list" }));
  const reason = "Only a model read “We have no use for this” as an opt-out, and it is none.";
  await expect
    .poll(() => sent.find((request) => request.path === `${LIST}/lift`)?.body)
    .toEqual({ scope: "email", value: "ann@x.example", reason });
});

test("a decided entry is gone at once, and the list is not read again for the others", async () => {
  const { sent } = page([one("ann@x.example"), one("bob@x.example")]);
  fireEvent.click(await screen.findByRole("button", { name: "Opted out: keep ann@x.example on the list" }));
  await expect.poll(() => screen.queryByText("ann@x.example")).toBeNull();
  await screen.findByText("bob@x.example");
  expect(sent.filter((request) => request.path === `${LIST}/by-model`)).toHaveLength(1);
});

test("an entry that a model alone made is kept with one click", async () => {
  const { sent } = page([one("ann@x.example")]);
  fireEvent.click(await screen.findByRole("button", { name: "Opted out: keep ann@x.example on the list" }));
  await expect
    .poll(() => sent.find((request) => request.path === `${LIST}/keep`)?.body)
    .toEqual({ scope: "email", value: "ann@x.example" });
});

test("nothing is shown where a model has made no entry", async () => {
  page([]);
  await expect.poll(() => screen.queryByRole("region", { name: "Read by a model alone" })).toBeNull();
});
