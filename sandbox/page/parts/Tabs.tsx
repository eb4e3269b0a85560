import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

export interface Tab {
  readonly name: string;
  readonly title: string;
  readonly content: ComponentChildren;
}

/** Tabs: the arrows move between them, as the pattern of WAI-ARIA has it. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const [name, setName] = useState<string | undefined>();
  const list = useRef<HTMLDivElement>(null);
  const shown = Math.max(
    0,
    tabs.findIndex((tab) => tab.name === name),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const next = (shown + move + tabs.length) % tabs.length;
    setName(tabs[next]?.name);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  const tab = tabs[shown];
  return (
    <div class="tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ name, title }, nth) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-controls="tab-panel"
            aria-selected={nth === shown}
            tabIndex={nth === shown ? 0 : -1}
            onClick={() => setName(name)}
          >
            {title}
          </button>
        ))}
      </div>
      {tab !== undefined && (
        <div role="tabpanel" id="tab-panel" key={tab.name} aria-labelledby={`tab-${tab.name}`}>
          {tab.content}
        </div>
      )}
    </div>
  );
}
