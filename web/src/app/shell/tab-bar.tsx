// The tab bar on phones: four pages within reach of the thumb, the rest behind More.
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { useSees } from "@/app/auth/use-sees";
import { cx } from "@/shared/lib/cx";
import { Button } from "@/shared/ui/button";
import { Drawer } from "@/shared/ui/dialog";
import { isHere, placesFor } from "./nav";
import { useBadges } from "./queries";
import { SendingFoot } from "./sending";

const TABS = ["/", "/leads", "/inbox", "/calls"];

export function TabBar() {
  const path = useLocation({ select: (l) => l.pathname });
  const navigate = useNavigate();
  const badges = useBadges();
  const [more, setMore] = useState(false);
  const places = placesFor(useSees());
  const tabs = TABS.flatMap((to) => places.filter((p) => p.to === to));
  const rest = places.filter((p) => !TABS.includes(p.to));
  const elsewhere = !tabs.some((t) => isHere(t.to, path));
  const item = (here: boolean) =>
    cx(
      "relative flex flex-1 flex-col items-center justify-center gap-1 text-meta",
      here ? "font-medium text-ink" : "text-ink-2",
    );
  const station = <span aria-hidden="true" className="absolute -top-[5px] size-[9px] rounded-full bg-accent" />;
  return (
    <>
      <nav
        aria-label="Main"
        className="flex h-[70px] shrink-0 border-t bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
      >
        {tabs.map((place) => {
          const here = isHere(place.to, path);
          const badge = badges[place.to];
          return (
            <Link key={place.to} to={place.to} aria-current={here ? "page" : undefined} className={item(here)}>
              {here ? station : null}
              <span className="relative">
                <place.icon size={22} strokeWidth={1.6} aria-hidden="true" className={cx(here && "text-accent")} />
                {badge && badge.n > 0 ? (
                  <span className="absolute -top-1.5 left-3.5 flex h-[17px] min-w-[17px] items-center justify-center rounded-full bg-accent px-1 text-chart font-semibold text-on-accent">
                    {badge.n}
                    <span className="sr-only"> {badge.label}</span>
                  </span>
                ) : null}
              </span>
              {place.label}
            </Link>
          );
        })}
        <Button
          kind="bare"
          onClick={() => setMore(true)}
          aria-current={elsewhere ? "page" : undefined}
          className={item(elsewhere)}
        >
          {elsewhere ? station : null}
          <Ellipsis size={22} aria-hidden="true" className={cx(elsewhere && "text-accent")} />
          More
        </Button>
      </nav>
      <Drawer open={more} onClose={() => setMore(false)} title="More">
        <ul className="divide-y border-y">
          {rest.map((place) => (
            <li key={place.to}>
              <Button
                kind="bare"
                className="flex h-row-bar w-full items-center gap-3"
                onClick={() => {
                  setMore(false);
                  void navigate({ to: place.to });
                }}
              >
                <place.icon size={22} strokeWidth={1.6} aria-hidden="true" className="text-ink-2" />
                {place.label}
              </Button>
            </li>
          ))}
        </ul>
        <div className="pt-4">
          <SendingFoot narrow={false} />
        </div>
      </Drawer>
    </>
  );
}
