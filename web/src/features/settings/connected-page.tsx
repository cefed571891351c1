// The page to which Google's and Microsoft's pages return: it finishes connecting the mailbox, and shows the result.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { asProblem } from "@/api/errors";
import { Page } from "@/app/shell/page";
import { buttonStyle } from "@/shared/ui/button";
import { Empty, LoadingRows } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import { useFinishConnecting } from "./queries";

/** The states that were sent: each works once, and a page may be mounted twice. */
const sent = new Set<string>();

export function ConnectedPage() {
  const { state, code, error } = useSearch({ from: "/app/settings/accounts/connected" });
  const finish = useFinishConnecting();
  const navigate = useNavigate();
  const { mutate } = finish;
  useEffect(() => {
    if (!state || sent.has(state)) return;
    sent.add(state);
    mutate(code ? { state, code } : { state, error: error ?? "server_error" }, {
      onSuccess: (account) => {
        toast(
          account.state === "works"
            ? `${account.name} is connected, and it works`
            : `${account.name} is connected, but its test failed: ${account.last_error?.detail ?? "no answer"}`,
        );
        void navigate({
          to: "/settings/$section/$id",
          params: { section: "mailboxes", id: account.id },
          replace: true,
        });
      },
    });
  }, [state, code, error, mutate, navigate]);
  const problem = finish.error ? asProblem(finish.error) : undefined;
  const told = problem?.detail ?? "The provider's page has not returned what leadflow asked it for.";
  return (
    <Page title="Connect a mailbox" parent={{ to: "/settings/mailboxes", label: "Mailboxes" }}>
      {state && !problem ? (
        <LoadingRows rows={3} label="Connecting the mailbox" />
      ) : (
        <Empty
          title="The mailbox is not connected"
          actions={
            <Link
              to="/settings/$section"
              params={{ section: "mailboxes" }}
              className={buttonStyle({ kind: "primary" })}
            >
              Back to mailboxes
            </Link>
          }
        >
          <p role="alert">{told}</p>
        </Empty>
      )}
    </Page>
  );
}
