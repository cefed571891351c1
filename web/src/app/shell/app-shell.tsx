// The app around its pages: sidebar or tab bar, palette, help, toasts, and the commands that work everywhere.

import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { CircleQuestionMark, PanelLeft, Search, Undo2 } from "lucide-react";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { watchOwnVisits } from "@/api/own-visits";
import { onOtherWorkspace, onSessionChange, storedRefreshToken } from "@/api/session";
import { openProof } from "@/app/auth/proof";
import { useSees } from "@/app/auth/use-sees";
import { useIdentity } from "@/app/auth/use-session";
import { helpOpen, paletteOpen } from "@/app/commands/open";
import { type Command, useCommands } from "@/app/commands/registry";
import { useHotNews } from "@/app/notify/hot-news";
import { stagesQuery } from "@/app/shared-queries";
import { useAwake } from "@/shared/lib/awake";
import { useWide } from "@/shared/lib/hooks";
import { keyboard, listen } from "@/shared/lib/keyboard";
import { createStoredStore, useStore } from "@/shared/lib/store";
import { Toasts, undoLast } from "@/shared/ui/toast";
import { placesFor } from "./nav";
import { Rail } from "./rail";
import { stopping } from "./stopping";
import { TabBar } from "./tab-bar";

// Who signs out has loaded this as well.
watchOwnVisits();

const StopSending = lazy(() => import("./stop-sending").then((m) => ({ default: m.StopSending })));
const Palette = lazy(() => import("@/app/commands/palette").then((m) => ({ default: m.Palette })));
const HotAlert = lazy(() => import("@/app/notify/hot-alert").then((m) => ({ default: m.HotAlert })));
const Background = lazy(() => import("./background").then((m) => ({ default: m.Background })));
const ProofDialog = lazy(() => import("@/app/auth/proof-dialog").then((m) => ({ default: m.ProofDialog })));
const Help = lazy(() => import("@/app/commands/help").then((m) => ({ default: m.Help })));

const railState = createStoredStore<"auto" | "narrow">("leadflow.rail", "auto", ["auto", "narrow"]);

declare global {
  interface Window {
    leadflowBoot?: { takeKeys(): { key: string; mod: boolean }[] };
  }
}

export function AppShell() {
  useEffect(() => onOtherWorkspace(() => window.location.assign("/")), []);
  const navigate = useNavigate();
  const sees = useSees();
  const router = useRouter();
  const wide = useWide();
  const rail = useStore(railState);
  // The palette must open at once, so it is mounted before it is needed, though not while the page is still loading.
  const awake = useAwake();
  const paletteAsked = useStore(paletteOpen);
  const helpAsked = useStore(helpOpen);
  const stopAsked = useStore(stopping);
  const proofAsked = useStore(openProof);
  const hasHotNews = useHotNews();
  useQuery(stagesQuery);
  const user = useIdentity()?.user.id;

  const commands = useMemo<Command[]>(
    () => [
      {
        id: "palette",
        title: "Search or run a command",
        group: "Actions",
        keys: "mod+k",
        icon: Search,
        run: () => paletteOpen.set(true),
      },
      { id: "search", title: "Search", group: "Actions", keys: "/", icon: Search, run: () => paletteOpen.set(true) },
      {
        id: "help",
        title: "Show keyboard shortcuts",
        group: "Actions",
        keys: "?",
        icon: CircleQuestionMark,
        run: () => helpOpen.set(true),
      },
      { id: "undo", title: "Undo last change", group: "Actions", keys: "z", icon: Undo2, run: () => void undoLast() },
      {
        id: "rail",
        title: "Collapse or expand the sidebar",
        group: "Actions",
        keys: "[",
        icon: PanelLeft,
        run: () => railState.set((s) => (s === "auto" ? "narrow" : "auto")),
      },
      ...placesFor(sees).map(
        (p): Command => ({
          id: `go${p.to}`,
          title: p.label,
          group: "Go to",
          keys: `g ${p.key}`,
          icon: p.icon,
          run: () => void navigate({ to: p.to }),
        }),
      ),
    ],
    [navigate, sees],
  );
  useCommands(commands);

  useEffect(() => {
    const off = listen();
    for (const k of window.leadflowBoot?.takeKeys() ?? []) {
      keyboard.press({ key: k.key, ctrlKey: k.mod, metaKey: false, shiftKey: false, altKey: false }, Date.now(), {
        typing: false,
        modal: false,
      });
    }
    document.documentElement.dataset.ready = "true";
    return off;
  }, []);

  // The user signed out in another tab, or the server ended the session: the sign-in page is shown.
  useEffect(
    () =>
      onSessionChange(() => {
        if (!storedRefreshToken()) void router.invalidate();
      }),
    [router],
  );
  useEffect(() => {
    const onStorage = (e: StorageEvent) => {
      if (e.key === "leadflow.refresh" && e.newValue === null) void router.invalidate();
    };
    addEventListener("storage", onStorage);
    return () => removeEventListener("storage", onStorage);
  }, [router]);

  return (
    <>
      <div className="flex h-dvh min-h-0 overflow-hidden max-sm:flex-col">
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-raised focus:px-3 focus:py-1"
        >
          Skip to content
        </a>
        <Rail narrow={!wide || rail === "narrow"} />
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
          <div className="flex min-h-0 min-w-0 flex-1 flex-col">
            <Outlet />
          </div>
          <Suspense fallback={null}>{hasHotNews ? <HotAlert /> : null}</Suspense>
        </main>
        <TabBar />
      </div>
      <Suspense fallback={null}>{awake && user ? <Background user={user} /> : null}</Suspense>
      <Suspense fallback={null}>
        {awake || paletteAsked ? <Palette /> : null}
        {helpAsked ? <Help /> : null}
        {stopAsked ? <StopSending /> : null}
        {proofAsked ? <ProofDialog /> : null}
      </Suspense>
      <Toasts />
    </>
  );
}
