import { visibleLines, visibleText } from "../model/foreignText";

/** A text from outside on one line: an address, a reason, a subject. Nothing in it is markup, hidden, or turns others around. */
export function Foreign({ text, isMono = false }: { text: string; isMono?: boolean }) {
  if (text === "") return null;
  const shown = visibleText(text);
  return (
    <bdi class={isMono ? "foreign mono" : "foreign"} title={shown}>
      {shown}
    </bdi>
  );
}

/** A text from outside with lines of its own. It can be scrolled, so it can be reached by keyboard. */
export function ForeignBlock({ text, label }: { text: string; label: string }) {
  return (
    <pre class="block" tabIndex={0} role="region" aria-label={label} dir="auto">
      {visibleLines(text)}
    </pre>
  );
}
