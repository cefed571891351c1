// Three good first columns, as drafts.
import { type Draft, EMPTY } from "./draft";

export interface Start {
  id: string;
  title: string;
  note: string;
  draft: Draft;
}

export const STARTS: readonly Start[] = [
  {
    id: "what-they-do",
    title: "What they do, from their own website",
    note: "Reads the company's website and keeps its description. Free.",
    draft: {
      ...EMPTY,
      name: "What they do",
      target: { to: "new_field", label: "What they do", kind: "text", options: "" },
      kind: "enrichment",
      field: "company_description",
      providers: [{ provider: "website", min_confidence: 0 }],
      fresh_days: "180",
    },
  },
  {
    id: "pitch",
    title: "A first line, written from facts",
    note: "A model writes one sentence from what is known of the lead, and cites what it used.",
    draft: {
      ...EMPTY,
      name: "First line",
      target: { to: "new_field", label: "First line", kind: "text", options: "" },
      kind: "ai",
      prompt:
        'Write one friendly sentence that shows why our offer fits {{ company }}, a {{ category | default("business") }}.',
      output: "text",
      max_words: "25",
      context: "custom.what_they_do, city",
    },
  },
  {
    id: "email",
    title: "E-mail, by a waterfall",
    note: "Own website first, which is free, then providers in your order until one is sure enough.",
    draft: {
      ...EMPTY,
      name: "E-mail",
      target: { to: "lead_field", field: "email" },
      kind: "enrichment",
      field: "email",
      providers: [
        { provider: "website", min_confidence: 0 },
        { provider: "hunter", min_confidence: 85 },
      ],
      condition: "not email",
      fresh_days: "90",
    },
  },
];
