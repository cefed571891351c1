// What arrived from providers, at the API, and its words.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import type { DotTone } from "@/shared/ui/badge";

export type InboundView = Schema["InboundView"];
export type InboundOutcome = Schema["InboundOutcome"];
type Became = Schema["Became"];

export interface Wanted {
  provider: string;
  outcome: InboundOutcome | "";
}

const PAGE = 50;
/** How often a replay that waits is looked at. */
const LOOK_MS = 2_000;

export const receivedQuery = ({ provider, outcome }: Wanted) =>
  infiniteQueryOptions({
    queryKey: ["ops", "inbound", provider, outcome],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        client.GET("/api/ops/inbound", {
          params: {
            query: { limit: PAGE, cursor: pageParam, provider: provider || undefined, outcome: outcome || undefined },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: (q) =>
      q.state.data?.pages.some((page) => page.items.some((item) => isWaiting(item))) ? LOOK_MS : false,
  });

export const payloadQuery = (id: string) =>
  queryOptions({
    queryKey: ["ops", "inbound", "one", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/ops/inbound/{id}", { params: { path: { id } }, signal })),
  });

export function useReplay() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/ops/inbound/{id}/replay", { params: { path: { id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["ops", "inbound"] }),
  });
}

/** A replay was asked for and has not been done. */
export const isWaiting = (item: InboundView) => !!item.replay && !item.replay.done_at;

export const OUTCOMES: Record<InboundOutcome, { label: string; tone: DotTone }> = {
  filed: { label: "Filed", tone: "good" },
  unmatched: { label: "Unmatched", tone: "held" },
  ignored: { label: "Ignored", tone: "done" },
  waiting: { label: "Waiting", tone: "wait" },
  unreadable: { label: "Unreadable", tone: "bad" },
};

const BECAME: Record<Became, string> = {
  message_status: "Message status",
  reply: "Reply",
  opt_out: "Opt-out",
  possible_opt_out: "Possible opt-out",
  out_of_office: "Out of office",
  auto_reply: "Automatic reply",
  left_company: "Left the company",
  bounce: "Bounce",
  complaint: "Spam complaint",
  take_over: "Written by hand",
  own_copy: "Copy of your own mail",
  test_answer: "Reply to a test",
  unmatched: "Unmatched message",
  chat_notice: "Chat notice",
  checkout: "Checkout",
  payment: "Payment",
  payment_failed: "Failed payment",
  payment_named: "Payment reference",
  refund: "Refund",
  dispute: "Dispute",
  subscription: "Subscription",
  meeting: "Meeting",
  wrong_form: "Wrong payload style",
};

/** What an event became, in words; an event about nothing of the workspace became nothing. */
export const becameWords = (item: InboundView) => item.became.map((one) => BECAME[one]).join(", ") || "Nothing";

const PROVIDERS: Record<string, string> = {
  inbound_email: "Inbound mail",
  mailgun: "Mailgun",
  postmark: "Postmark",
  sendgrid: "SendGrid",
  resend: "Resend",
  twilio: "Twilio",
  whatsapp: "WhatsApp",
  stripe: "Stripe",
  cal_com: "Cal.com",
  calendly: "Calendly",
  google: "Google",
  microsoft: "Microsoft",
  smtp: "IMAP mailbox",
};

export const providerName = (word: string) => PROVIDERS[word] ?? word.replaceAll("_", " ");

export const PROVIDER_WORDS = Object.keys(PROVIDERS);
