// Whether AI is offered to the signed-in user: it may be switched off for the workspace, and for a user.
import { useQuery } from "@tanstack/react-query";
import { useIdentity } from "@/app/auth/use-session";
import { teamQuery } from "@/app/shared-queries";
import { settingsQuery } from "@/app/shell/queries";

export function useMayAskAi(): boolean {
  const me = useIdentity()?.user.id;
  const isOn = useQuery(settingsQuery).data?.ai_enabled;
  const team = useQuery({ ...teamQuery, enabled: !!isOn });
  // Nothing is offered that would go away a moment later.
  if (!isOn || team.isPending) return false;
  return !team.data?.items.find(({ id }) => id === me)?.ai_off;
}
