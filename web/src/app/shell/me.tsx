// The signed-in user's menu: workspaces, theme, keyboard shortcuts, sign out.

import { useNavigate } from "@tanstack/react-router";
import { Building2, Keyboard, LogOut, Moon, Sun, SunMoon, User } from "lucide-react";
import { useState } from "react";
import { signOut, useIdentity } from "@/app/auth/use-session";
import { helpOpen } from "@/app/commands/open";
import { theme } from "@/app/theme/theme";
import { initials } from "@/shared/lib/format";
import { useStore } from "@/shared/lib/store";
import { Avatar } from "@/shared/ui/avatar";
import { Button } from "@/shared/ui/button";
import { Menu } from "@/shared/ui/menu";
import { SwitchWorkspace } from "./switch-workspace";

export function Me() {
  const [switching, setSwitching] = useState(false);
  const identity = useIdentity();
  const navigate = useNavigate();
  const chosen = useStore(theme);
  if (!identity) return null;
  const check = (value: string) => (chosen === value ? " (now)" : "");
  const menu = (
    <Menu
      label="You"
      trigger={
        <Button
          kind="bare"
          aria-label={`${initials(identity.user.name)}, ${identity.user.name}, your menu`}
          className="flex size-7 shrink-0 items-center justify-center rounded-full max-sm:size-11"
        >
          <Avatar name={identity.user.name} me />
        </Button>
      }
      items={[
        {
          label: "Your profile",
          icon: <User size={16} />,
          run: () => void navigate({ to: "/settings/$section", params: { section: "profile" } }),
        },
        ...(identity.user.workspaces > 1
          ? [{ label: "Switch workspace", icon: <Building2 size={16} />, run: () => setSwitching(true) }]
          : []),
        { label: `Light${check("light")}`, icon: <Sun size={16} />, run: () => theme.set("light") },
        { label: `Dark${check("dark")}`, icon: <Moon size={16} />, run: () => theme.set("dark") },
        { label: `System${check("system")}`, icon: <SunMoon size={16} />, run: () => theme.set("system") },
        { label: "Keyboard shortcuts", icon: <Keyboard size={16} />, hint: "?", run: () => helpOpen.set(true) },
        {
          label: "Sign out",
          icon: <LogOut size={16} />,
          run: () => void signOut().finally(() => navigate({ to: "/sign-in" })),
        },
      ]}
    />
  );
  return (
    <>
      {menu}
      {switching ? <SwitchWorkspace close={() => setSwitching(false)} /> : null}
    </>
  );
}
