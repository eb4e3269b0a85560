import { useState } from "preact/hooks";
import { say } from "../live/announcer";

/** Copies a text. `what` completes "Copy …". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [label, setLabel] = useState("Copy");
  const copy = async () => {
    const isCopied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setLabel(isCopied ? "Copied" : "Not allowed: select it");
    say(isCopied ? `Copied ${what}` : `The browser did not allow to copy ${what}`);
    setTimeout(() => setLabel("Copy"), 2000);
  };
  return (
    <button type="button" class="small" aria-label={`Copy ${what}`} onClick={() => void copy()}>
      {label}
    </button>
  );
}

/** A command or a program to copy. */
export function Snippet({ text, what }: { text: string; what: string }) {
  return (
    <div class="snippet">
      <pre class="block" tabIndex={0} role="region" aria-label={what}>
        {text}
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
