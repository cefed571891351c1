import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { Composer } from "./composer";
import type { ChannelSenders } from "./from-field";

function open(props: { onSend?: () => Promise<unknown>; onNext?: () => void; onLeave?: () => void } = {}) {
  const onSend = vi.fn(props.onSend ?? (async () => undefined));
  render(
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as on a page, what scrolls has the focus around the composer
    <section tabIndex={0} aria-label="Messages">
      <Composer
        draftKey="one"
        channels={["email"]}
        withSubject={false}
        to={{ email: "ada@hale.example" }}
        onSend={onSend}
        onNext={props.onNext}
        onLeave={props.onLeave}
      />
    </section>,
  );
  const field = screen.getByRole("textbox", { name: "Message" });
  field.focus();
  fireEvent.change(field, { target: { value: "Tuesday at ten?" } });
  return { field, onSend };
}
const around = () => screen.getByRole("region", { name: "Messages" });
const press = (field: HTMLElement, more: object = {}) =>
  fireEvent.keyDown(field, { key: "Enter", ctrlKey: true, ...more });

test("Esc leaves the field and keeps the text, and the part of the page around it has the focus", () => {
  const { field } = open();
  fireEvent.keyDown(field, { key: "Escape" });
  expect(document.activeElement).toBe(around());
  expect((field as HTMLTextAreaElement).value).toBe("Tuesday at ten?");
});

test("Esc closes a composer that can be closed", () => {
  const onLeave = vi.fn();
  const { field } = open({ onLeave });
  fireEvent.keyDown(field, { key: "Escape" });
  expect(onLeave).toHaveBeenCalledOnce();
});

test("Ctrl+Enter sends and leaves the field at once, before the server has answered", async () => {
  let answer: (value?: unknown) => void = () => undefined;
  const { field, onSend } = open({ onSend: () => new Promise((resolve) => (answer = resolve)) });
  press(field);
  expect(document.activeElement).toBe(around());
  expect(onSend).toHaveBeenCalledOnce();
  answer();
  await waitFor(() => expect((field as HTMLTextAreaElement).value).toBe(""));
  expect(document.activeElement).toBe(around());
});

test("a message that was refused gets the focus back, with its text", async () => {
  const { field } = open({ onSend: () => Promise.reject(new Error("No.")) });
  press(field);
  await waitFor(() => expect(document.activeElement).toBe(field));
  expect((field as HTMLTextAreaElement).value).toBe("Tuesday at ten?");
});

test("a message that was refused leaves the focus to a user who has gone elsewhere", async () => {
  const { field } = open({ onSend: () => Promise.reject(new Error("No.")) });
  press(field);
  const other = screen.getByRole("button", { name: "Discard" });
  other.focus();
  await screen.findByRole("alert");
  expect(document.activeElement).not.toBe(field);
});

test("Send and next goes on once the message is sent, by its key and by its button", async () => {
  const onNext = vi.fn();
  const { field, onSend } = open({ onNext });
  press(field);
  await waitFor(() => expect((field as HTMLTextAreaElement).value).toBe(""));
  expect(onNext).not.toHaveBeenCalled();
  fireEvent.change(field, { target: { value: "And the price?" } });
  press(field, { shiftKey: true });
  await waitFor(() => expect(onNext).toHaveBeenCalledTimes(1));
  fireEvent.change(field, { target: { value: "Once more." } });
  fireEvent.click(screen.getByRole("button", { name: /^Send and next/ }));
  await waitFor(() => expect(onNext).toHaveBeenCalledTimes(2));
  expect(onSend).toHaveBeenCalledTimes(3);
});

test("Send and next stays where the message was refused", async () => {
  const onNext = vi.fn();
  const { field } = open({ onNext, onSend: () => Promise.reject(new Error("No.")) });
  press(field, { shiftKey: true });
  await waitFor(() => expect(document.activeElement).toBe(field));
  expect(onNext).not.toHaveBeenCalled();
});

const mailboxes: ChannelSenders[] = [
  {
    channel: "email",
    account: "ben",
    gone: false,
    choices: ["ben", "cleo"].map((account) => ({ account, name: account, from: `${account}@northquay.example` })),
  },
];

test("the account that a user has chosen stays while the accounts are not known, and not once it is removed", async () => {
  const onSend = vi.fn(async () => undefined);
  const composer = (senders?: ChannelSenders[]) => (
    <Composer
      draftKey="from"
      channels={["email"]}
      withSubject={false}
      to={{ email: "ada@hale.example" }}
      onSend={onSend}
      senders={senders}
    />
  );
  const { rerender } = render(composer(mailboxes));
  const field = screen.getByRole("textbox", { name: "Message" });
  const write = (text: string) => fireEvent.change(field, { target: { value: text } });
  const choose = () => fireEvent.change(screen.getByLabelText("From"), { target: { value: "cleo" } });
  write("Tuesday?");
  choose();
  rerender(composer());
  press(field);
  await waitFor(() => expect(onSend).toHaveBeenCalledOnce());
  expect(onSend.mock.lastCall).toEqual([expect.objectContaining({ account: "cleo" }), undefined]);
  await waitFor(() => expect((field as HTMLTextAreaElement).value).toBe(""));
  rerender(composer(mailboxes));
  write("And Friday?");
  choose();
  rerender(composer(mailboxes.map((one) => ({ ...one, choices: one.choices.slice(0, 1) }))));
  press(field);
  await waitFor(() => expect(onSend).toHaveBeenCalledTimes(2));
  expect(onSend.mock.lastCall).toEqual([expect.objectContaining({ account: undefined }), undefined]);
});
