// Is anything being sent, and the switch that stops all of it.
import { SendingFoot } from "@/app/shell/sending";
import { Heading } from "@/shared/ui/section";

export function SendingSection() {
  return (
    <div className="max-w-[640px] space-y-2 p-6 max-lg:p-4">
      <Heading>All sending</Heading>
      <p className="text-ink-2">
        Stopping holds every campaign of this workspace within 10 s. Nothing is lost: each person keeps their place, and
        goes on when you start again.
      </p>
      <div className="-mx-4 max-w-[340px] pt-2 max-sm:mx-0">
        <SendingFoot narrow={false} />
      </div>
      <p className="text-ink-2">
        When people are written to is set in each sequence: its days and hours count in the lead's own time. How many
        mails a mailbox sends a day is set with the mailbox.
      </p>
    </div>
  );
}
