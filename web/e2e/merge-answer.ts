// Recorded answers about merging leads: what a merge of two would do, and what was merged before.
const [ONE, OTHER] = ["lead_2", "lead_16"];

const lead = (id: string, more: object) => ({
  id,
  name: "Marcus Hale",
  company: "Hale & Daughters Dental",
  email: "marcus@haledaughtersdental.example",
  phone: "+441174960142",
  status: "replied",
  owner: "user_1",
  created_at: "2026-10-28T09:30:00Z",
  last_contacted_at: "2026-11-15T09:30:00Z",
  rev: 3,
  ...more,
});

// Addresses are not chosen: the lead that stays keeps its own.
const ADDRESSES = ["email", "phone", "second_email", "second_phone"];

const field = (name: string, label: string, one: string | null, other: string | null, result = one ?? other) => ({
  field: name,
  label,
  values: [
    ...(one === null ? [] : [{ lead: ONE, value: one }]),
    ...(other === null ? [] : [{ lead: OTHER, value: other }]),
  ],
  chosen: one === null ? OTHER : ONE,
  differs: one !== null && other !== null && one !== other,
  can_choose: !ADDRESSES.includes(name),
  result,
});

export const MERGE_PREVIEW = {
  into: ONE,
  leads: [
    lead(ONE, {}),
    lead(OTHER, {
      company: "Hale and Daughters",
      email: "m.hale@haledaughtersdental.example",
      status: "contacted",
      created_at: "2026-11-02T14:10:00Z",
      last_contacted_at: null,
      rev: 5,
    }),
  ],
  fields: [
    field("first_name", "First name", "Marcus", "Marcus"),
    field("last_name", "Last name", "Hale", "Hale"),
    field("company", "Company", "Hale & Daughters Dental", "Hale and Daughters"),
    field("email", "E-mail", "marcus@haledaughtersdental.example", "m.hale@haledaughtersdental.example"),
    field("phone", "Phone", "+441174960142", "+441174960142"),
    field("second_email", "Second e-mail", null, null, "m.hale@haledaughtersdental.example"),
    field("job_title", "Job title", null, "Practice owner"),
    field("website", "Website", "https://haledaughtersdental.example", null),
    field("country", "Country", "GB", "GB"),
    field("status", "Stage", "replied", "contacted"),
    field("custom.Plan", "Plan", "Gold", "Silver"),
  ],
  united: [
    { field: "tags", label: "Tags", value: "shortlist, dentist" },
    { field: "notes", label: "Notes", value: "Met at the Leeds fair.\n\nAsk for the practice manager." },
  ],
  ends: [{ lead: OTHER, campaign: "campaign_1", name: "Clinics, autumn" }],
  opted_out: [{ lead: OTHER, channel: "sms" }],
  do_not_contact: [],
  possible_opt_out: [],
};

export const MERGES = {
  items: [
    {
      lead: "lead_14",
      name: "E. Marsh",
      email: "elena.marsh@linden.example",
      phone: "+441174960150",
      merged_at: "2026-11-16T15:20:00Z",
      merged_by: "user_1",
      undo_until: "2026-12-16T15:20:00Z",
      can_undo: true,
    },
    {
      lead: "lead_28",
      name: "Linden Physio",
      email: null,
      phone: "+441174960151",
      merged_at: "2026-10-05T08:00:00Z",
      merged_by: null,
      merged_by_program: "Zapier",
      undo_until: "2026-11-04T08:00:00Z",
      can_undo: false,
    },
  ],
};
