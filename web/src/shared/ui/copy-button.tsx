// A button that copies a text which is entered elsewhere: an address, the target of a DNS record.
import { Button } from "./button";
import { toast } from "./toast";

/** `what` names the text: "Copy target". A browser that lets no page copy says so. */
export function CopyButton({ what, text }: { what: string; text: string }) {
  const copy = () => {
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject();
    written.then(
      () => toast("Copied"),
      () => toast("Could not copy. Select the text and copy it."),
    );
  };
  return (
    <Button kind="inline" className="min-h-6 shrink-0" aria-label={`Copy ${what}`} onClick={copy}>
      Copy
    </Button>
  );
}
