// Templates: the list, the text with its values, and a preview for a real lead.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Mail, MessageSquareText, Plus, Star } from "lucide-react";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { type TemplateView, templateChoicesQuery, templateFiguresQuery } from "@/app/enrol/templates";
import { Page } from "@/app/shell/page";
import { cx } from "@/shared/lib/cx";
import { ago, plural } from "@/shared/lib/format";
import { useMedia } from "@/shared/lib/hooks";
import { Button, IconButton } from "@/shared/ui/button";
import { Scrollable } from "@/shared/ui/scrollable";
import { Empty, Loaded } from "@/shared/ui/states";
import { Tabs } from "@/shared/ui/tabs";
import { toastProblem } from "@/shared/ui/toast";
import { TemplateEditor } from "./editor";
import { sentWords, TemplateFigures } from "./figures";

type Shown = "all" | "favourites" | "email" | "sms";

export function TemplatesPage() {
  const { id } = useSearch({ from: "/app/templates" });
  const navigate = useNavigate();
  const cache = useQueryClient();
  const may = useMay("rep");
  const both = useMedia("(min-width: 1024px)");
  const query = useQuery(templateChoicesQuery);
  const figures = useQuery(templateFiguresQuery);
  const figuresOf = (t: TemplateView) => figures.data?.items.find((found) => found.id === t.id);
  const [shown, setShown] = useState<Shown>("all");
  const items = query.data?.items ?? [];
  const filtered = items
    .filter((t) => shown === "all" || (shown === "favourites" ? t.favourite : t.channel === shown))
    .sort((a, b) => Number(b.favourite) - Number(a.favourite) || a.name.localeCompare(b.name));
  const open = (next?: string) => void navigate({ to: "/templates", search: { id: next }, replace: true });
  const current = id ?? (both ? filtered[0]?.id : undefined);
  const template = items.find((t) => t.id === current);
  const make = () => open("new");
  useCommands(
    may ? [{ id: "new-template", title: "New template", group: "This page", keys: "n", icon: Plus, run: make }] : [],
  );
  const star = useMutation({
    mutationFn: (t: TemplateView) =>
      unwrap(
        client.POST("/api/templates/{id}/favourite", {
          params: { path: { id: t.id } },
          body: { favourite: !t.favourite },
        }),
      ),
    onError: (error) => toastProblem("Could not change the favourite", error),
    onSettled: () => cache.invalidateQueries({ queryKey: ["templates"] }),
  });
  const n = (s: Shown) =>
    items.filter((t) => (s === "all" ? true : s === "favourites" ? t.favourite : t.channel === s)).length;
  const add = may ? (
    <Button icon={<Plus size={15} />} hint="N" onClick={make}>
      New template
    </Button>
  ) : undefined;
  const making = current === "new" && may;
  const editing = making || template;
  return (
    <Page
      quick={may ? { label: "New template", icon: <Plus size={22} strokeWidth={1.6} />, run: make } : undefined}
      title="Templates"
      muted={query.data ? String(items.length) : undefined}
      actions={add}
    >
      <Tabs
        label="Templates"
        value={shown}
        onChange={setShown}
        items={[
          { id: "all", label: "All", count: n("all") },
          { id: "favourites", label: "Favourites", count: n("favourites") },
          { id: "email", label: "E-mail", count: n("email") },
          { id: "sms", label: "SMS", count: n("sms") },
        ]}
      />
      <div className="flex min-h-0 flex-1">
        {both || !editing ? (
          <Scrollable
            label="List"
            className={cx("min-h-0 overflow-y-auto -outline-offset-2", both ? "w-100 shrink-0 border-r" : "flex-1")}
          >
            <Loaded query={query} what="Templates">
              {() =>
                filtered.length === 0 ? (
                  <Empty
                    title={items.length ? "No templates match" : "No templates yet"}
                    actions={items.length ? undefined : add}
                  >
                    A template is a text you can use in several sequences, with each lead's values filled in.
                  </Empty>
                ) : (
                  <ul>
                    {filtered.map((t) => (
                      <li
                        key={t.id}
                        className={cx(
                          "flex min-h-row-person items-center gap-2 border-b pr-6 pl-4",
                          t.id === current ? "row-cursor" : "hover:bg-sunken",
                        )}
                      >
                        <IconButton
                          label={t.favourite ? `${t.name} is a favourite` : `Make ${t.name} a favourite`}
                          aria-pressed={t.favourite}
                          size="iconSm"
                          disabled={!may}
                          onClick={() => star.mutate(t)}
                        >
                          <Star size={15} className={t.favourite ? "fill-accent text-accent" : "text-ink-3"} />
                        </IconButton>
                        <Button kind="bare" onClick={() => open(t.id)} className="min-w-0 flex-1 py-1.5 text-left">
                          <span className="block truncate font-medium">{t.name}</span>
                          <span className="flex items-center gap-1.5 text-meta text-ink-2">
                            {t.channel === "sms" ? (
                              <MessageSquareText size={13} aria-label="SMS" />
                            ) : (
                              <Mail size={13} aria-label="E-mail" />
                            )}
                            <span className="truncate">
                              {[
                                t.category,
                                sentWords(figuresOf(t)) ??
                                  (t.used_in_steps ? `used in ${plural(t.used_in_steps, "step")}` : undefined),
                              ]
                                .filter(Boolean)
                                .join(", ")}
                            </span>
                          </span>
                        </Button>
                        <span className="text-ink-2">{ago(t.updated_at)}</span>
                      </li>
                    ))}
                  </ul>
                )
              }
            </Loaded>
          </Scrollable>
        ) : null}
        {making ? (
          <TemplateEditor key="new" onClose={() => open(undefined)} onMade={open} />
        ) : template ? (
          <TemplateEditor
            key={template.id}
            template={template}
            figures={<TemplateFigures figures={figuresOf(template)} />}
            onClose={() => open(undefined)}
            onMade={open}
          />
        ) : null}
      </div>
    </Page>
  );
}
