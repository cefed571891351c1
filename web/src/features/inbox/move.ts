// Moving a conversation to Done or back to Waiting, from its page or from the list, with a way back.
import { toast, toastProblem } from "@/shared/ui/toast";
import { type ConversationView, useInboxMoves } from "./queries";

/** Moves a conversation and says so; false if the server refused, which is said too. */
export function useMove() {
  const { file } = useInboxMoves();
  const move = async (shown: ConversationView, folder: "open" | "done"): Promise<boolean> => {
    try {
      await file.mutateAsync({ shown, folder });
    } catch (error) {
      toastProblem("Could not move the conversation", error);
      return false;
    }
    toast(folder === "done" ? `${shown.lead_name} marked as done` : `${shown.lead_name} reopened`, {
      undo: () => file.mutateAsync({ shown, folder: folder === "done" ? "open" : "done" }),
    });
    return true;
  };
  return { move, isMoving: file.isPending };
}
