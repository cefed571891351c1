// The workspace's own domain in links and pixels: the record that it needs, and whether it works.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { when } from "@/shared/lib/format";
import { type DotTone, State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { CopyButton } from "@/shared/ui/copy-button";
import { Fact, Facts, Heading } from "@/shared/ui/section";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";

type DomainView = Schema["TrackingDomainView"];
type DomainState = Schema["DomainState"];

const PATH = "/api/settings/tracking/domain";

export const domainQuery = queryOptions({
  queryKey: ["tracking-domain"],
  queryFn: ({ signal }) => unwrap(client.GET(PATH, { signal })),
});

function useDomainMoves() {
  const cache = useQueryClient();
  const onSuccess = (view: DomainView) => {
    cache.setQueryData(domainQuery.queryKey, view);
    // The settings have another revision now.
    return cache.invalidateQueries({ queryKey: ["settings"] });
  };
  const set = useMutation({
    mutationFn: (domain: string) => unwrap(client.PUT(PATH, { body: { domain } })),
    onSuccess,
  });
  const check = useMutation({
    mutationFn: () => unwrap(client.POST("/api/settings/tracking/domain/check")),
    onSuccess,
  });
  const remove = useMutation({ mutationFn: () => unwrap(client.DELETE(PATH)), onSuccess });
  return { set, check, remove };
}

export function TrackingDomain() {
  const query = useQuery(domainQuery);
  return (
    <section aria-label="Tracking domain" className="space-y-3">
      <Heading>Tracking domain</Heading>
      <p className="text-ink-2">
        Links and pixels in your mails can carry a name of your own. Filters trust a link more if its domain is yours.
      </p>
      {query.data ? (
        query.data.domain ? (
          <Domain view={query.data} domain={query.data.domain} />
        ) : (
          <NewDomain view={query.data} />
        )
      ) : query.error ? (
        <ErrorState
          className="!mx-0"
          what="The tracking domain did not load"
          error={query.error}
          retry={() => void query.refetch()}
        />
      ) : (
        <LoadingRows rows={2} label="Loading the tracking domain" />
      )}
    </section>
  );
}

function NewDomain({ view }: { view: DomainView }) {
  const { set } = useDomainMoves();
  const form = useForm({ domain: "" }, (v) => set.mutateAsync(v.domain.trim()));
  return (
    <form onSubmit={form.submit} noValidate className="space-y-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <State tone="open">Not set</State>
        <span className="text-ink-2">New mails use {view.standard_address}.</span>
      </p>
      <FormProblem problem={form.problem} fields={["domain"]} />
      <Field
        label="Domain"
        help="A name below your own domain that nothing else uses, such as go.acme.com. leadflow then shows the DNS record to make."
        error={form.errors.domain && `This ${form.errors.domain}`}
      >
        <Input
          value={form.values.domain}
          maxLength={253}
          placeholder="go.acme.com"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          onChange={(e) => form.set("domain", e.target.value)}
        />
      </Field>
      <Button kind="primary" type="submit" busy={form.busy} disabled={!form.values.domain.trim()}>
        Save domain
      </Button>
    </form>
  );
}

const WORDS: Record<DomainState, { label: string; tone: DotTone; next: (view: DomainView) => ReactNode }> = {
  waiting_for_dns: {
    label: "Waiting for DNS",
    tone: "wait",
    next: () => "DNS does not know the record yet. Make it at your DNS provider; it takes minutes, rarely a day.",
  },
  wrong_target: {
    label: "Wrong target",
    tone: "bad",
    next: (view) => (
      <>
        The record leads to <Found view={view} />. Change it to {view.target}.
      </>
    ),
  },
  bad_certificate: {
    label: "No certificate",
    tone: "bad",
    next: () =>
      "DNS is right, and the certificate there is not for this domain. Ask the operator of this installation to add one, as “A tracking domain” in docs/OPERATIONS.md tells.",
  },
  other_server: {
    label: "Another server answers",
    tone: "bad",
    next: () =>
      "DNS is right, and something other than this installation answers. Ask its operator to add the domain, as “A tracking domain” in docs/OPERATIONS.md tells.",
  },
  not_reached: {
    label: "No answer",
    tone: "bad",
    next: () =>
      "DNS is right, and nothing answers over HTTPS. Ask the operator of this installation to add the domain, as “A tracking domain” in docs/OPERATIONS.md tells.",
  },
  used_elsewhere: {
    label: "Used elsewhere",
    tone: "bad",
    next: () => "DNS is right, and another workspace of this installation uses the domain. Choose another name.",
  },
  works: { label: "Works", tone: "good", next: () => "Links and pixels of new mails use it." },
};

const Found = ({ view }: { view: DomainView }) => (
  <strong className="font-medium break-all">{view.found.map((found) => found.replace(/\.$/, "")).join(", ")}</strong>
);

/** A field of the record, as it is entered at the DNS provider. */
const Entry = ({ what, text }: { what: string; text: string }) => (
  <span className="flex items-center gap-2">
    <span className="min-w-0 break-all">{text}</span>
    <CopyButton what={what} text={text} />
  </span>
);

function Domain({ view, domain }: { view: DomainView; domain: string }) {
  const { set, check, remove } = useDomainMoves();
  const state = view.state ?? "waiting_for_dns";
  const { label, tone, next } = WORDS[state];
  const works = state === "works";
  return (
    <div className="space-y-3">
      <div role="status" className="space-y-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <strong className="font-medium break-all">{domain}</strong>
          <State tone={tone}>{label}</State>
          {view.since ? <span className="text-ink-3">since {when(view.since)}</span> : null}
        </p>
        <p className="text-ink-2">
          {next(view)} {works ? null : `Until it works, new mails use ${view.standard_address}.`}
        </p>
      </div>
      {works ? null : (
        <div className="rounded-panel border bg-canvas px-3 py-2">
          <Facts>
            <Fact label="Type">CNAME</Fact>
            <Fact label="Name">
              <Entry what="name" text={domain} />
            </Fact>
            <Fact label="Target">
              <Entry what="target" text={view.target} />
            </Fact>
          </Facts>
        </div>
      )}
      <p className="text-meta text-ink-3">
        leadflow checks it every quarter of an hour and tells you if it stops working. Visits of your own team are known
        there by your networks only, because the app's cookie is not sent to another domain.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          busy={check.isPending}
          onClick={() =>
            check.mutate(undefined, {
              onSuccess: (seen) => toast(`${domain}: ${WORDS[seen.state ?? state].label.toLowerCase()}`),
              onError: (error) => toastProblem(`Could not check ${domain}`, error),
            })
          }
        >
          Check now
        </Button>
        <Button
          kind="quiet"
          busy={remove.isPending}
          onClick={() =>
            remove.mutate(undefined, {
              onSuccess: () =>
                toast(`${domain} removed. Keep its DNS record while mails with its links are read.`, {
                  undo: () => set.mutateAsync(domain),
                }),
              onError: (error) => toastProblem(`Could not remove ${domain}`, error),
            })
          }
        >
          Remove domain
        </Button>
      </div>
    </div>
  );
}
