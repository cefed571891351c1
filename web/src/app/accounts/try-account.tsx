// The two ways of finding out whether an account works: logging in, and a mail to oneself.
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
          ? `${a.name} works: connection and login were accepted`
          : now.state === "untested"
            ? `${a.name} cannot be tried without a message: the first one shows it`
            : `${a.name} does not work: ${now.last_error?.detail ?? "it was refused"}`,
      ),
    onError: (error) => toastProblem(`${a.name} was not tried`, error),
  });
  if (!useMay("rep")) return null;
  return (
    <Button size="sm" icon={<PlugZap size={14} />} busy={attempt.isPending} onClick={() => attempt.mutate(a.id)}>
      {again ? "Try again" : "Try the connection"}
    </Button>
  );
}

export function SendTestMail({ account: a }: { account: Named }) {
  const mail = useTestMail({
    onSuccess: (sent) =>
      toast(
        sent.accepted
          ? `A test mail is on its way to ${sent.to}`
          : `No test mail to ${sent.to}: ${sent.detail ?? "it was refused"}`,
      ),
    onError: (error) => toastProblem("No test mail was sent", error),
  });
  if (!useMay("rep")) return null;
  return (
    <Button size="sm" icon={<Mail size={14} />} busy={mail.isPending} onClick={() => mail.mutate(a.id)}>
      Send a test mail to myself
    </Button>
  );
}
