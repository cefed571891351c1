// The bell: a dot when something is new, and the list below it.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Bell as BellIcon } from "lucide-react";
import { useState } from "react";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Popover } from "@/shared/ui/menu";
import { LoadingRows } from "@/shared/ui/states";
import { type NotificationView, notificationsQuery, useMarkRead } from "./queries";

const NotificationList = later(
  () => import("./notification-list").then((m) => m.NotificationList),
  <LoadingRows rows={4} label="Loading notifications" />,
);

export function Bell() {
  const [open, setOpen] = useState(false);
  const query = useQuery(notificationsQuery);
  const read = useMarkRead();
  const navigate = useNavigate();
  const items = query.data?.items ?? [];
  const unread = query.data?.unread ?? items.filter((n) => !n.read_at).length;
  const choose = (n: NotificationView) => {
    setOpen(false);
    if (!n.read_at) read.mutate(n.id);
    if (n.lead_id) void navigate({ to: "/leads/$id", params: { id: n.lead_id } });
    else if (n.kind === "spend") void navigate({ to: "/settings/$section", params: { section: "spend" } });
  };
  return (
    <Popover
      title="Notifications"
      open={open}
      onOpenChange={setOpen}
      className="w-90 max-w-[calc(100vw-16px)]"
      trigger={
        <Button
          kind="bare"
          aria-label={unread ? `Notifications, ${unread} new` : "Notifications"}
          className="relative flex size-7 shrink-0 items-center justify-center rounded-control text-ink-2 hover:bg-sunken max-sm:size-11"
        >
          <BellIcon size={16} strokeWidth={1.75} aria-hidden="true" className="max-sm:size-5.5" />
          {unread ? (
            <span
              aria-hidden="true"
              className="absolute top-0.5 right-0.5 size-[7px] rounded-full bg-hot max-sm:top-2 max-sm:right-2"
            />
          ) : null}
        </Button>
      }
    >
      <NotificationList
        items={items}
        unread={unread}
        problem={query.data ? undefined : query.error}
        onRetry={() => void query.refetch()}
        onReadAll={() => read.mutate("all")}
        onChoose={choose}
      />
    </Popover>
  );
}
