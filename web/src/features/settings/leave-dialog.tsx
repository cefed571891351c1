// The question before the user leaves this workspace.
import { useMutation, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { useMay } from "@/app/auth/use-may";
import { type Identity, signOut } from "@/app/auth/use-session";
import { plural } from "@/shared/lib/format";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { ownedQuery } from "./hand-over";

export function LeaveDialog({ me, onClose }: { me: Identity; onClose: () => void }) {
  const owned = useQuery(ownedQuery(me.user.id));
  const administers = useMay("admin");
  const leave = useMutation({
    mutationFn: () => unwrap(client.POST("/api/auth/leave", {})),
    onSuccess: () => signOut(),
  });
  return (
    <ConfirmDialog
      title={`Leave ${me.workspace.name}?`}
      yes="Leave"
      busy={leave.isPending}
      error={leave.error}
      onYes={() => leave.mutate()}
      onClose={onClose}
    >
      {owned.data
        ? `You own ${plural(owned.data, "lead")}. They stay yours until a manager hands them over. `
        : "Your tasks and notes stay here. "}
      {administers ? "Programs that use API keys of yours stop working, and your open invitations end. " : ""}
      You are signed out, and sign in again to open another workspace.
    </ConfirmDialog>
  );
}
