// The frame that every page fills: its bar on top, its body below.
import { Link } from "@tanstack/react-router";
import { ChevronLeft, Search } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { paletteOpen } from "@/app/commands/open";
import { keyCaps } from "@/app/commands/registry";
import { Bell } from "@/app/notify/bell";
import { cx } from "@/shared/lib/cx";
import { Button, IconButton } from "@/shared/ui/button";
import { Key } from "@/shared/ui/key";
import { Scrollable } from "@/shared/ui/scrollable";
import { Me } from "./me";

export interface PageProps {
  title: string;
  muted?: ReactNode;
  /** The list that this page belongs to. */
  parent?: { to: string; label: string };
  badge?: ReactNode;
  actions?: ReactNode;
  /** On phones, the one action that stands in the bar instead of `actions`. */
  quick?: { label: string; icon: ReactNode; run: () => void };
  children: ReactNode;
  className?: string;
}

export function Page({ title, muted, parent, badge, actions, quick, children, className }: PageProps) {
  useEffect(() => {
    document.title = `${title} · leadflow`;
  }, [title]);
  return (
    <div className="flex h-full min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex h-12 shrink-0 items-center gap-3 border-b px-6 max-lg:px-4 max-sm:h-auto max-sm:min-h-[60px] max-sm:gap-1 max-sm:py-1">
        {parent ? (
          <Link
            to={parent.to}
            aria-label={`Back to ${parent.label}`}
            className="-ml-3 flex size-11 shrink-0 items-center justify-center text-ink-2 md:hidden"
          >
            <ChevronLeft size={22} aria-hidden="true" />
          </Link>
        ) : null}
        <div className="flex min-w-0 flex-auto items-baseline gap-2.5 max-sm:flex-col max-sm:items-start max-sm:gap-0">
          {parent ? (
            <span className="shrink-0 text-ink-2 max-md:hidden">
              <Link to={parent.to} className="hover:text-ink">
                {parent.label}
              </Link>
              <span aria-hidden="true" className="ml-2">
                /
              </span>
            </span>
          ) : null}
          <span className="flex min-w-0 max-w-full items-baseline gap-x-2 max-sm:flex-wrap">
            <h1
              title={title}
              className="line-clamp-2 text-title font-semibold break-words max-sm:line-clamp-3 max-sm:text-person max-tiny:text-title"
            >
              {title}
            </h1>
            {badge}
          </span>
          {muted ? (
            <span className="text-ink-2 sm:min-w-0 sm:flex-[1_1_0] xl:min-w-[76px] sm:truncate max-sm:max-w-full max-sm:text-meta max-sm:[overflow-wrap:anywhere]">
              {muted}
            </span>
          ) : null}
        </div>
        {actions ? (
          <div className={cx("flex shrink-0 items-center gap-2", quick ? "max-sm:hidden" : "max-md:hidden")}>
            {actions}
          </div>
        ) : null}
        <Button
          kind="bare"
          onClick={() => paletteOpen.set(true)}
          title="Search or run a command"
          className={cx(
            "flex h-control w-[262px] min-w-37.5 shrink-[99999] items-center gap-2 rounded-control border border-line bg-canvas px-2.5 text-ink-2 hover:bg-sunken max-sm:hidden",
            // The title and the actions come first.
            actions
              ? "max-desk:w-auto max-desk:min-w-0 max-desk:shrink-0"
              : "max-xl:w-37.5 max-lg:w-auto max-lg:min-w-0 max-lg:shrink-0",
          )}
        >
          <Search size={14} aria-hidden="true" />
          <span className={cx("flex-1 truncate text-left", actions ? "max-desk:sr-only" : "max-lg:sr-only")}>
            Search or run a command
          </span>
          {keyCaps("mod+k").map((cap) => (
            <Key key={cap} className={actions ? "max-desk:hidden" : "max-lg:hidden"}>
              {cap}
            </Key>
          ))}
        </Button>
        <IconButton label="Search or run a command" className="sm:hidden" onClick={() => paletteOpen.set(true)}>
          <Search size={22} strokeWidth={1.6} />
        </IconButton>
        {quick ? (
          <IconButton label={quick.label} className="sm:hidden" onClick={quick.run}>
            {quick.icon}
          </IconButton>
        ) : null}
        <Bell />
        <Me />
      </header>
      {actions && !quick ? (
        <div className="flex shrink-0 flex-wrap items-center gap-2 border-b px-4 py-2 md:hidden">{actions}</div>
      ) : null}
      <div className={cx("flex min-h-0 min-w-0 flex-1 flex-col", className)}>{children}</div>
    </div>
  );
}

/** A body that scrolls as a whole. */
export function Scroll({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <Scrollable label="Page" className={cx("min-h-0 min-w-0 flex-1 overflow-y-auto -outline-offset-2", className)}>
      {children}
    </Scrollable>
  );
}

/** A main part and a side part; the side part goes below when there is no space. */
export function Split({ main, side, width = 360 }: { main: ReactNode; side: ReactNode; width?: number }) {
  return (
    <Scroll>
      <div className="flex min-h-full max-xl:flex-col">
        <div className="min-w-0 flex-1">{main}</div>
        <div
          className="shrink-0 border-l p-6 max-xl:!w-full max-xl:border-t max-xl:border-l-0 max-lg:p-4"
          style={{ width }}
        >
          {side}
        </div>
      </div>
    </Scroll>
  );
}
