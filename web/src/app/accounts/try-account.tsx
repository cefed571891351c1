// The two ways to test an account: logging in, and a mail to oneself.
import { Mail, PlugZap } from "lucide-react";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useTestMail, useTryAccount } from "./queries";

interface Named {
  id: string;
  name: string;
}

type Tested = Pick<Schema["TestedAccount"], "sending_test" | "reading_test">;

/** The result of a test: of sending, and of reading where a server is read. */
export function testWords(name: string, { sending_test: sending, reading_test: reading }: Tested): string {
  const refused = "it was refused";
  if (!reading) {
    if (sending.state === "works") return `${name} works: connected and logged in`;
    if (sending.state === "untested") return `${name} can only be tested by sending a message`;
    return `${name} does not work: ${sending.detail ?? refused}`;
  }
  const [sends, reads] = [sending.state === "works", reading.state === "works"];
  if (sends && reads) return `${name} works: it sends, and its replies can be read`;
  if (sends) return `${name} sends, but cannot be read by IMAP: ${reading.detail ?? refused}`;
  if (reads) return `${name} can be read by IMAP, but does not send: ${sending.detail ?? refused}`;
  return `${name} does not send: ${sending.detail ?? refused}. Reading by IMAP: ${reading.detail ?? refused}`;
}

export function TryAccount({ account: a, again }: { account: Named; again?: boolean }) {
  const attempt = useTryAccount({
    onSuccess: (now) => toast(testWords(a.name, now)),
    onError: (error) => toastProblem(`Could not test ${a.name}`, error),
  });
  if (!useMay("rep")) return null;
  return (
    <Button size="sm" icon={<PlugZap size={14} />} busy={attempt.isPending} onClick={() => attempt.mutate(a.id)}>
      {again ? "Try again" : "Test connection"}
    </Button>
  );
}

export function SendTestMail({ account: a }: { account: Named }) {
  const mail = useTestMail({
    onSuccess: (sent) =>
      toast(
        sent.accepted
          ? `Test e-mail sent to ${sent.to}`
          : `Test e-mail to ${sent.to} failed: ${sent.detail ?? "it was refused"}`,
      ),
    onError: (error) => toastProblem("Could not send the test e-mail", error),
  });
  if (!useMay("rep")) return null;
  return (
    <Button size="sm" icon={<Mail size={14} />} busy={mail.isPending} onClick={() => mail.mutate(a.id)}>
      Send me a test e-mail
    </Button>
  );
}
