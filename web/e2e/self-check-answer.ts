// The self-check's answer for an installation with one part in each state.
type State = "fine" | "not_set_up" | "warning" | "broken";

const check = (id: string, group: string, name: string, state: State, seen: string, fix: string | null = null) => ({
  id,
  group,
  name,
  state,
  seen,
  fix,
});

const RECREATE =
  "It, or the queue of its dead letters, was deleted. `aws cloudformation describe-stack-resource --stack-name <stack> --logical-resource-id SendQueue` (and SendDeadLetters) tells the name: create it again under that name, with the attributes that template.yaml gives it, and check again.";
const PUT_BACK =
  "Look at them under Queue, Failed jobs; fix what the log of enrich_lead names, then retry them. Nothing is done twice.";
const fine = "All is well: Table, Stream of changes, Public address.";

const promise = (
  code: string,
  name: string,
  state: State,
  seen: string,
  fix: string | null = null,
  look_at = "Then the log.",
) => ({ promise: code, name, state, seen, fix, look_at, rests_on: [] });

export const SELF_CHECK = {
  checked_at: "2026-11-17T10:42:00Z",
  state: "broken",
  promises: [
    promise(
      "frontend_loads",
      "Frontend loads",
      "fine",
      fine,
      null,
      "The browser's console and network tab: a file that is refused is named there. Then the log of web.",
    ),
    promise("sign_in_works", "Sign-in works", "fine", fine),
    promise("data_is_shown", "Dashboard and leads show data", "fine", fine),
    promise("sms_can_be_sent", "SMS can be sent", "broken", "Queue send: It is not there.", RECREATE),
    promise("workers_run", "Workers run", "broken", "Queue send: It is not there.", RECREATE),
    promise(
      "enrichment_works",
      "Enrichment works",
      "warning",
      "Queue enrichment: 2 messages failed for good.",
      PUT_BACK,
    ),
    promise("preview_tracking_logs", "Preview tracking logs", "fine", fine),
    promise(
      "payments_arrive",
      "Payments arrive",
      "not_set_up",
      "No account is connected for it.",
      "Connect Stripe under Settings, Providers.",
    ),
    promise("notifications_appear", "Notifications appear", "fine", fine),
  ],
  checks: [
    check("table", "storage", "Table", "fine", "It is active, with its index and its expiry."),
    check("stream", "storage", "Stream of changes", "fine", "It is on, with old and new images."),
    check(
      "event_bus",
      "storage",
      "Event bus",
      "not_set_up",
      "No bus is set; the app needs none.",
      "To send events to your own subscribers, deploy with `--parameter EventBus=default`.",
    ),
    check("queue_enrichment", "work", "Queue enrichment", "warning", "2 messages failed for good.", PUT_BACK),
    check("queue_send", "work", "Queue send", "broken", "It is not there.", RECREATE),
    check("schedule_due_steps", "work", "Schedule due_steps: finds due work", "fine", "It last ran 41 seconds ago."),
    check("address", "address", "Public address", "fine", "https://leads.northquay.example answers."),
    check("account_twilio_account_2", "accounts", "Main number (twilio)", "fine", "Nothing has failed."),
  ],
};
