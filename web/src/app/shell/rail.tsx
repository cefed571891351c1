// The sidebar: links to the pages, their waiting counts, and whether anything is being sent.
import { Link, useLocation } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import { useSees } from "@/app/auth/use-sees";
import { useIdentity } from "@/app/auth/use-session";
import { NextMark } from "@/app/parts/next-mark";
import { cx } from "@/shared/lib/cx";
import { count } from "@/shared/lib/format";
import { Logo } from "./logo";
import { isHere, type Place, placesFor } from "./nav";
import { useBadges } from "./queries";
import { SendingFoot } from "./sending";

export function Rail({ narrow }: { narrow: boolean }) {
  const path = useLocation({ select: (l) => l.pathname });
  const identity = useIdentity();
  const badges = useBadges();
  const places = placesFor(useSees());
  const main = places.filter((p) => p.group < 5);
  const settings = places.find((p) => p.to === "/settings");
  return (
    <aside
      className={cx(
        "relative z-10 flex shrink-0 flex-col border-r bg-canvas max-sm:hidden",
        narrow ? "w-[52px]" : "w-50",
      )}
    >
      <div className={cx("flex h-12 shrink-0 items-center gap-2.5", narrow ? "justify-center" : "px-4")}>
        {narrow ? (
          <svg width="20" height="20" viewBox="0 0 14 16" aria-hidden="true">
            <NextMark x={7} y={8} />
          </svg>
        ) : (
          <>
            <Logo />
            <span className="truncate font-semibold">{identity?.workspace.name}</span>
          </>
        )}
      </div>
      <nav aria-label="Main" className="min-h-0 flex-1 px-2 [@media(max-height:560px)]:overflow-y-auto pt-1">
        {main.map((place, i) => (
          <Fragment key={place.to}>
            {i > 0 && main[i - 1]?.group !== place.group ? <div className="h-3" /> : null}
            <RailLink place={place} here={isHere(place.to, path)} narrow={narrow} badge={badges[place.to]} />
          </Fragment>
        ))}
      </nav>
      <SendingFoot narrow={narrow} />
      <div className="px-2 pb-2">
        {settings ? <RailLink place={settings} here={isHere("/settings", path)} narrow={narrow} /> : null}
      </div>
    </aside>
  );
}

function RailLink({
  place,
  here,
  narrow,
  badge,
}: {
  place: Place;
  here: boolean;
  narrow: boolean;
  badge?: { n: number; dashed?: boolean; label: string };
}) {
  const Icon = place.icon;
  let mark: ReactNode = null;
  if (badge && badge.n > 0) {
    mark = (
      <span
        className={cx(
          "text-meta text-ink-2",
          badge.dashed &&
            "flex size-4.5 items-center justify-center rounded-full border border-dashed border-held text-held-ink",
          narrow && "absolute -top-1 -right-1 rounded-full bg-canvas px-0.5 leading-4",
        )}
      >
        {narrow && badge.n > 99 ? "99+" : count(badge.n)}
        <span className="sr-only"> {badge.label}</span>
      </span>
    );
  }
  return (
    <Link
      to={place.to}
      aria-current={here ? "page" : undefined}
      title={narrow ? place.label : undefined}
      className={cx(
        "relative flex h-[31px] items-center gap-3 rounded-control hover:bg-sunken",
        narrow ? "justify-center" : "px-2",
        here ? "bg-sunken font-medium text-ink" : "text-ink-2",
      )}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" className={cx("shrink-0", here && "text-accent")} />
      {narrow ? <span className="sr-only">{place.label}</span> : <span className="flex-1 truncate">{place.label}</span>}
      {mark}
      {here ? (
        <span
          aria-hidden="true"
          className="absolute top-1/2 -right-[12.5px] size-2 -translate-y-1/2 rounded-full bg-accent"
        />
      ) : null}
    </Link>
  );
}
