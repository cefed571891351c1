import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { changeIdentity, currentIdentity } from "@/api/session";
import type { Schema } from "@/api/types";
import { useIdentity } from "@/app/auth/use-session";
import { refusal, renderPage } from "@/test-page";
import { OwnPhone } from "./own-phone";

const PHONE = "+442079460958";
const OTHER = "+442079460959";
const CODE = { phone: PHONE, expires_at: "2099-11-20T09:10:00Z" };
const READ = "POST /api/calls/phone";
const CONFIRM = "POST /api/calls/phone/confirm";
const CALL = "Call me with a code";

/** The server knows of no code. */
const NONE_EXPECTED = {
  "GET /api/auth/me": { user: { id: "user_1", phone: null, phone_proven: false, phone_code: null, role: "rep" } },
};

function Section() {
  const me = useIdentity();
  return me ? <OwnPhone me={me} key={me.user.id} /> : null;
}

type User = Partial<Schema["UserView"]>;

/** The profile of a user, as they are. */
async function open(user: User, answers: Record<string, unknown> = {}, role: Schema["Role"] = "rep") {
  answers[READ] ??= CODE;
  const page = renderPage(Section, "/settings/profile", "/settings/profile", answers, role);
  const me = currentIdentity();
  if (me) changeIdentity({ user: { ...me.user, ...user } });
  await waitFor(() => expect(document.body.textContent).not.toBe(""));
  return page;
}

const field = (name: string) => screen.getByRole<HTMLInputElement>("textbox", { name });
const button = (name: string) => screen.findByRole("button", { name });
const press = async (name: string) => fireEvent.click(await button(name));
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } });
const problem = (status: number, code: string, detail: string, at?: string) =>
  refusal(status, { code, detail, ...(at ? { field: at } : {}) });

/** Has a code read to the number, up to the field for the code. */
async function haveCodeRead() {
  await button(CALL);
  type("Phone number", PHONE);
  await press(CALL);
  await screen.findByRole("textbox", { name: "Code" });
}

test("a number is the user's own phone once the code that was read to it is entered", async () => {
  const { sent } = await open({}, { [CONFIRM]: { phone: PHONE } });
  await haveCodeRead();
  expect(document.activeElement).toBe(field("Code"));
  expect(field("Code").inputMode).toBe("numeric");
  expect(field("Code").autocomplete).toBe("one-time-code");
  expect(screen.getByRole("status").textContent).toContain("Calling +44 207 946 0958");
  type("Code", " 481 516");
  await press("Confirm");
  await screen.findByText("Confirmed");
  screen.getByText("+44 207 946 0958");
  expect(sent.map(({ path, body }) => [path, body])).toEqual([
    ["/api/calls/phone", { phone: PHONE }],
    ["/api/calls/phone/confirm", { code: "481516" }],
  ]);
  expect(currentIdentity()?.user).toMatchObject({ phone: PHONE, phone_proven: true });
  expect(document.activeElement).toBe(await button("Change your phone"));
  expect(currentIdentity()?.user.phone_code).toBeNull();
});

test("a wrong code is kept in its field, which says so", async () => {
  const detail = "is not the one that was read to you";
  await open({}, { [CONFIRM]: problem(422, "invalid", detail, "code") });
  await haveCodeRead();
  type("Code", "481517");
  await press("Confirm");
  await screen.findByText(detail);
  expect(field("Code").value).toBe("481517");
  expect(field("Code").getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(field("Code"));
});

test("a code that is no six digits is not sent", async () => {
  const { sent } = await open({});
  await haveCodeRead();
  type("Code", "48151");
  await press("Confirm");
  await screen.findByText("Enter the six digits that the voice reads.");
  expect(sent).toHaveLength(1);
});

test("an expired code leads back to the number, and to another call", async () => {
  const detail = "No code is expected. Have another one read.";
  const { sent } = await open(
    {},
    {
      [CONFIRM]: problem(409, "no_code", detail),
      "GET /api/auth/me": { user: { id: "user_1", phone: null, phone_proven: false, role: "rep" } },
    },
  );
  await haveCodeRead();
  type("Code", "481516");
  await press("Confirm");
  await screen.findByText(detail);
  expect(field("Phone number").value).toBe(PHONE);
  expect(document.activeElement).toBe(field("Phone number"));
  await press(CALL);
  await screen.findByRole("textbox", { name: "Code" });
  expect(sent.filter((one) => one.path === "/api/calls/phone")).toHaveLength(2);
});

test("a right code whose answer was lost has confirmed the number", async () => {
  await open(
    {},
    {
      [CONFIRM]: problem(409, "no_code", "No code is expected."),
      "GET /api/auth/me": { user: { id: "user_1", phone: PHONE, phone_proven: true, role: "rep" } },
    },
  );
  await haveCodeRead();
  type("Code", "481516");
  await press("Confirm");
  await screen.findByText("Confirmed");
});

test("a kept number that is not proven asks to be confirmed before a call", async () => {
  const { sent } = await open({ phone: PHONE, phone_proven: false });
  await screen.findByText("Not confirmed");
  screen.getByText(/^Confirm this number before you call leads/);
  await press(CALL);
  await screen.findByRole("textbox", { name: "Code" });
  expect(sent.map((one) => one.body)).toEqual([{ phone: PHONE }]);
});

test("a kept number that cannot be called says why", async () => {
  await open({ phone: PHONE }, { [READ]: problem(409, "no_calling_account", "No account places calls.") });
  await press(CALL);
  expect((await screen.findByRole("alert")).textContent).toBe("No account places calls.");
  screen.getByText("Not confirmed");
});

test("a confirmed number is removed after a question", async () => {
  const { sent } = await open(
    { phone: PHONE, phone_proven: true },
    { "PATCH /api/auth/me": { user: { id: "user_1", phone: null, phone_proven: false, role: "rep" } } },
  );
  expect(screen.queryByRole("button", { name: CALL })).toBeNull();
  await press("Remove your phone");
  const dialog = within(await screen.findByRole("dialog", { name: "Remove +44 207 946 0958?" }));
  expect(sent).toEqual([]);
  fireEvent.click(dialog.getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(field("Phone number").value).toBe(""));
  expect(sent.map((one) => one.body)).toEqual([{ phone: null }]);
});

test("another number is entered while the kept one stays, and can be left alone", async () => {
  await open({ phone: PHONE, phone_proven: true });
  await press("Change your phone");
  expect(document.activeElement).toBe(field("Phone number"));
  screen.getByText(/\+44 207 946 0958 stays until you confirm another number/);
  await press("Cancel");
  await screen.findByText("Confirmed");
  expect(document.activeElement).toBe(await button("Change your phone"));
});

test.each([
  ["a number that is not called", 409, "higher_rate", "Your own phone has a number of a higher rate.", undefined],
  ["a text that is no number", 422, "invalid", "is not a phone number", "phone"],
] as const)("%s is kept in its field, which says why", async (_, status, code, detail, at) => {
  await open({}, { [READ]: problem(status, code, detail, at) });
  await button(CALL);
  type("Phone number", OTHER);
  await press(CALL);
  await screen.findByText(detail);
  expect(field("Phone number").value).toBe(OTHER);
  expect(field("Phone number").getAttribute("aria-invalid")).toBe("true");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a number whose request failed stays typed", async () => {
  await open({}, { [READ]: problem(503, "unavailable", "Not now."), ...NONE_EXPECTED });
  await button(CALL);
  type("Phone number", PHONE);
  await press(CALL);
  expect((await screen.findByRole("alert")).textContent).toContain("Not now.");
  expect(field("Phone number").value).toBe(PHONE);
});

test("a code whose request failed stays typed", async () => {
  await open({}, { [CONFIRM]: problem(503, "unavailable", "Not now.") });
  await haveCodeRead();
  type("Code", "481516");
  await press("Confirm");
  expect((await screen.findByRole("alert")).textContent).toContain("Not now.");
  expect(field("Code").value).toBe("481516");
});

test("a second call empties the field of the code, and a refused one keeps it", async () => {
  // Answers are looked up for each request.
  const user = { id: "user_1", phone_proven: false, phone_code: CODE, role: "rep" };
  const answers: Record<string, unknown> = { [READ]: CODE, "GET /api/auth/me": { user } };
  await open({}, answers);
  await haveCodeRead();
  type("Code", "4815");
  answers[READ] = problem(409, "code_read_just_now", "A code was read just now.");
  await press("Call again");
  await screen.findByText("A code was read just now.");
  expect(field("Code").value).toBe("4815");
  answers[READ] = CODE;
  await press("Call again");
  await screen.findByText(/^Calling \+44 207 946 0958 again/);
  expect(field("Code").value).toBe("");
  expect(document.activeElement).toBe(field("Code"));
});

test("a page that is loaded anew still asks for the code", async () => {
  await open({ phone_code: CODE });
  await screen.findByText("A code was read to +44 207 946 0958.");
  await press("Use another number");
  expect(field("Phone number").value).toBe(PHONE);
});

test("a code that has expired is not asked for", async () => {
  await open({ phone_code: { ...CODE, expires_at: "2020-11-20T09:10:00Z" } });
  await button(CALL);
  expect(screen.queryByRole("textbox", { name: "Code" })).toBeNull();
});

test.each([
  ["an answer that was lost", 503, "unavailable"],
  ["an answer that was lost before", 409, "code_read_just_now"],
] as const)("a phone that rings in spite of %s has its code entered", async (_, status, code) => {
  const user = { id: "user_1", phone: null, phone_proven: false, phone_code: CODE, role: "rep" };
  await open({}, { [READ]: problem(status, code, "Not now."), "GET /api/auth/me": { user } });
  await haveCodeRead();
  expect(document.activeElement).toBe(field("Code"));
});

test("a user who may not call sees a kept number and removes it, no more", async () => {
  await open({ phone: PHONE, phone_proven: true }, {}, "read_only");
  await button("Remove your phone");
  expect(screen.queryByRole("button", { name: "Change your phone" })).toBeNull();
});

test("another number right after a call is told to wait, and no code of the number before is asked for", async () => {
  const user = { id: "user_1", phone: null, phone_proven: false, phone_code: CODE, role: "rep" };
  const answers: Record<string, unknown> = { [READ]: CODE, "GET /api/auth/me": { user } };
  await open({}, answers);
  await haveCodeRead();
  await press("Use another number");
  type("Phone number", OTHER);
  answers[READ] = problem(409, "code_read_just_now", "A code was asked for a moment ago.");
  await press(CALL);
  await screen.findByText("A code was asked for a moment ago.");
  expect(field("Phone number").value).toBe(OTHER);
  expect(screen.queryByRole("textbox", { name: "Code" })).toBeNull();
});
