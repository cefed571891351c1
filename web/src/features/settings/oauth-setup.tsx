// What has to be done at Google or Microsoft before a mailbox can be connected there, and the address to register.
import { CopyButton } from "@/shared/ui/copy-button";
import { HelpLink } from "./mailbox-proposal";

const STEPS: Record<string, { console: string; url: string; steps: string[]; beware: string }> = {
  google: {
    console: "Google Cloud console",
    url: "https://console.cloud.google.com/auth/clients",
    steps: [
      "Enable the Gmail API in a project of your organisation, with audience Internal.",
      "Add the permissions gmail.readonly and gmail.compose under Data access.",
      "Create a client of type Web application, with the address below as its redirect URI.",
    ],
    beware:
      "An app in status Testing loses every mailbox after seven days: publish it. A private gmail.com address is simpler by SMTP with an app password.",
  },
  microsoft: {
    console: "Entra admin centre",
    url: "https://entra.microsoft.com/",
    steps: [
      "Register an app for this organisation, with platform Web and the address below as its redirect URI.",
      "Add the delegated permissions Mail.ReadWrite, Mail.Send, User.Read and offline_access, and grant admin consent.",
      "Create a client secret, and copy its value, not its ID.",
    ],
    beware: "The client secret expires after 24 months at most, and all its mailboxes with it. Note the day.",
  },
};

/** `uri`: our address that the OAuth client has to name as its redirect address. */
export function OauthSetup({ provider, uri }: { provider: string; uri: string }) {
  const setup = STEPS[provider];
  return (
    <section aria-label="OAuth client" className="space-y-2 rounded-panel border bg-canvas px-3.5 py-2.5 sm:col-span-2">
      <p>
        <span className="font-medium">You need an OAuth client of your own</span>, once for all your mailboxes there.{" "}
        {setup ? <HelpLink url={setup.url}>{setup.console}</HelpLink> : null}
      </p>
      {setup ? (
        <ol className="list-decimal space-y-0.5 pl-5 text-ink-2">
          {setup.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      ) : null}
      <div>
        <p className="text-meta text-ink-2">Redirect address, letter for letter</p>
        <p className="flex items-center gap-2">
          <code className="min-w-0 text-meta break-all">{uri}</code>
          <CopyButton what="redirect address" text={uri} />
        </p>
      </div>
      {setup ? <p className="text-meta text-ink-2">{setup.beware}</p> : null}
    </section>
  );
}
