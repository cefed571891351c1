// Asks before a client is moved out of the won stage: the stage is not what they pay.
import { stageWord } from "@/shared/lib/stages";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import type { ClientQuestion } from "./lost-reason";

export function ClientDialog({ question: { whom, to, answer } }: { question: ClientQuestion }) {
  return (
    <ConfirmDialog
      title={`Move ${whom} from ${stageWord("won")} to ${stageWord(to)}?`}
      yes={`Move to ${stageWord(to)}`}
      no="Keep"
      kind="primary"
      busy={false}
      error={undefined}
      onYes={() => answer(true)}
      onClose={() => answer(false)}
    >
      {whom} is a client. Moving them ends no subscription: their payments and revenue stay as they are. They count as
      an open lead again.
    </ConfirmDialog>
  );
}
