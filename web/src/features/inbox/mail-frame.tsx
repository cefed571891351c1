// The HTML version of a mail, in a frame without scripts. Images of other hosts tell their owners that the mail is read:
// they are shown on request.
import { Image } from "lucide-react";
import { useState } from "react";
import { Button } from "@/shared/ui/button";

const LINE = 21;
const WIDTH = 80;
const MARGIN = 40;
const LOWEST = 96;
const HIGHEST = 480;

/** The frame is sealed and cannot be measured: its text tells about how high it is. A user may drag it higher. */
export function frameHeight(text: string): number {
  const lines = text.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / WIDTH)), 0);
  return Math.min(HIGHEST, Math.max(LOWEST, lines * LINE + MARGIN));
}

export function MailFrame({ url, subject, text }: { url: string; subject: string; text: string }) {
  const [images, setImages] = useState(false);
  return (
    <div className="mt-1.5">
      <iframe
        title={`Mail: ${subject || "no subject"}`}
        src={images ? `${url}&images=true` : url}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        height={frameHeight(text)}
        className="block max-h-[80vh] min-h-24 w-full resize-y overflow-auto rounded-panel border bg-white"
      />
      {images ? null : (
        <Button size="sm" kind="quiet" className="mt-1" icon={<Image size={14} />} onClick={() => setImages(true)}>
          Show images
        </Button>
      )}
    </div>
  );
}
