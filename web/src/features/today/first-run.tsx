// An empty workspace: ways to bring in the first leads, and what comes after.
import { Link } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { Scroll } from "@/app/shell/page";
import { buttonStyle } from "@/shared/ui/button";
import { MarkShape } from "@/shared/ui/line";

const WAY: { label: string; note: string; to: string }[] = [
  { label: "First lead", note: "from a file, or typed in", to: "/import" },
  { label: "Company", note: "name, postal address", to: "/settings/company" },
  { label: "Mailbox", note: "any SMTP mailbox", to: "/settings/mailboxes" },
  { label: "Sequence", note: "what they get, and when", to: "/sequences" },
  { label: "Campaign", note: "who gets it", to: "/campaigns" },
  { label: "First e-mail", note: "you press the button", to: "/campaigns" },
];

export function FirstRun() {
  return (
    <Scroll>
      <div className="mx-auto max-w-[1060px] px-6 py-14 max-sm:py-6 max-lg:px-4">
        <h2 className="text-figure font-semibold">Bring in the first leads</h2>
        <p className="mt-1 text-ink-2">Nothing is sent to anybody: that needs a mailbox, and your word.</p>
        <div className="mt-8 grid border-t border-b md:grid-cols-2">
          <section aria-label="A file" className="border-accent border-l-[3px] bg-canvas p-6">
            <h3 className="mb-4 text-title font-semibold">A file</h3>
            <Link
              to="/import"
              className="flex min-h-[150px] flex-col items-center justify-center gap-2 rounded-panel border border-accent border-dashed bg-raised p-4 text-center hover:bg-accent-soft"
            >
              <FileUp size={22} aria-hidden="true" className="text-accent" />
              <span className="font-medium">Choose a CSV or JSON file</span>
            </Link>
            <p className="mt-3 text-ink-2">
              Columns are recognised, and you see what becomes of every row before it counts.
            </p>
          </section>
          <section aria-label="Type one" className="p-6 max-md:border-t md:border-l">
            <h3 className="mb-4 text-title font-semibold">Type one</h3>
            <p className="text-ink-2">A name, and an e-mail address or a phone number. The rest is looked up.</p>
            <Link to="/leads" className={buttonStyle({ kind: "outline", className: "mt-3" })}>
              Go to Leads
            </Link>
            <p className="mt-4 text-ink-2">
              <code className="text-ink">POST /api/leads</code> does the same.
            </p>
          </section>
        </div>
        <h3 className="mt-10 mb-2 font-semibold">From here to the first e-mail</h3>
        <ol className="grid gap-y-3 sm:grid-cols-6">
          {WAY.map((w, i) => (
            <li key={w.label} className="relative max-sm:pl-7">
              <span
                aria-hidden="true"
                className="absolute top-2 left-4 right-1 border-t border-edge border-dotted max-sm:hidden"
              />
              <svg
                width="16"
                height="16"
                viewBox="0 0 16 16"
                aria-hidden="true"
                className="relative mb-1 bg-surface max-sm:absolute max-sm:top-1 max-sm:left-0"
              >
                <MarkShape mark={i === 0 ? "next" : "planned"} x={8} y={8} />
              </svg>
              <Link to={w.to} className="block font-medium hover:underline">
                {w.label}
              </Link>
              <span className="block text-meta text-ink-2">{w.note}</span>
            </li>
          ))}
        </ol>
      </div>
    </Scroll>
  );
}
