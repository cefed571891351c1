// The recorded answers of the calls page.
const planned = (id: string, n: number, lead_name: string, more: object) => ({
  id,
  lead_id: `lead_${n}`,
  lead_name,
  kind: "call",
  title: "Call",
  body: "",
  link: "tel:+441174960142",
  owner: "user_1",
  priority: "normal",
  tries: 0,
  created_at: "2026-11-16T09:00:00Z",
  rev: 1,
  ...more,
});

const row = (n: number, lead_name: string, company: string, more: object) => ({
  lead_id: `lead_${n}`,
  lead_name,
  company,
  city: "Bristol",
  job_title: "Owner",
  phone: "+441174960142",
  email: "hello@example.test",
  do_not_contact: false,
  possible_opt_out: false,
  score: 58,
  temperature: "warm",
  late: false,
  hours: "open",
  zone: "Europe/London",
  ...more,
});

export const CALLS: Record<string, unknown> = {
  "GET /api/calls/mine": { calls_from: null, call: null },
  "GET /api/calls/queue": {
    items: [
      row(7, "Owen Pryce", "Taff Valley Chiropractic", {
        reason: "Asked to be called back",
        at: "2026-11-16T16:30:00Z",
        late: true,
        task: planned("task_21", 7, "Owen Pryce", {
          title: "Call back",
          after: "callback",
          due_at: "2026-11-16T16:30:00Z",
        }),
        last_message: {
          channel: "email",
          at: "2026-11-16T11:20:00Z",
          text: "Interesting. Can you ring me after half four? Easier than writing.",
        },
        value: 91,
        parts: [
          { label: "Asked to be called back", points: 60 },
          { label: "Late", points: 20 },
          { label: "Score 58", points: 11 },
        ],
      }),
      row(2, "Marcus Hale", "Hale & Daughters Dental", {
        reason: "A reply waits",
        at: "2026-11-17T09:58:00Z",
        score: 79,
        temperature: "hot",
        task: null,
        last_message: {
          channel: "email",
          at: "2026-11-17T09:58:00Z",
          text: "Two chairs and a hygienist: what would that cost?",
        },
        value: 60,
        parts: [
          { label: "A reply waits", points: 45 },
          { label: "Score 79", points: 15 },
        ],
      }),
      row(5, "Femi Balogun", "Coldharbour Osteopathy", {
        reason: "Call about the bookings, try 2 of 3",
        at: "2026-11-17T14:00:00Z",
        hours: "closed",
        zone: "America/Los_Angeles",
        opens_at: "2026-11-17T17:00:00Z",
        task: planned("task_22", 5, "Femi Balogun", {
          title: "Call about the bookings",
          tries: 1,
          after: "no_answer",
          due_at: "2026-11-17T14:00:00Z",
        }),
        last_message: null,
        value: -39,
        parts: [
          { label: "Call, tried before", points: 20 },
          { label: "Score 58", points: 11 },
          { label: "Due later", points: -30 },
          { label: "Outside their hours", points: -40 },
        ],
      }),
    ],
    total: 3,
  },
  "GET /api/calls/stats": {
    today: { calls: 3, reached: 2, meetings: 1 },
    week: { calls: 9, reached: 5, meetings: 2 },
  },
  "GET /api/calls": {
    items: [
      planned("task_31", 9, "Rhian Webb", {
        due_at: "2026-11-17T10:00:00Z",
        done_at: "2026-11-17T10:20:00Z",
        done_by: "user_1",
        outcome: "booked",
        note: "Friday at half nine, with her partner.",
        call_seconds: 252,
        cost: { state: "known", amount: 84_000 },
      }),
      planned("task_32", 10, "Amir Shah", {
        due_at: "2026-11-17T10:00:00Z",
        done_at: "2026-11-17T10:05:00Z",
        done_by: "user_1",
        outcome: "no_answer",
        cost: { state: "pending" },
      }),
    ],
  },
};
