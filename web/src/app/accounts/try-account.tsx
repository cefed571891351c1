// The two ways to test an account: logging in, and a mail to oneself.
import { Mail, PlugZap } from "lucide-react";
import { useMay } from "@/app/auth/use-may";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useTestMail, useTryAccount } from "./queries";

interface Named {
  id: string;
  name: string;
}

export function TryAccount({ account: a, again }: { account: Named; again?: boolean }) {
  const attempt = useTryAccount({
    onSuccess: (now) =>
      toast(
        now.state === "works"
          ? `${a.name} works: connected and logged in`
          : now.state === "untested"
            ? `${a.name} can only be tested by sending a message`
            : `${a.name} does not work: ${now.last_error?.detail ?? "it was refused"}`,
      ),
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
