import { useEffect, useRef } from "preact/hooks";
import { useSignalEffect } from "@preact/signals";
import { listHash, route } from "../live/router";
import { announcement, contacts, enrollments, requests, state } from "../live/store";
import { theme, type Theme } from "../live/theme";
import { isolated } from "../model/foreignText";
import type { View } from "../model/route";
import { Contacts } from "./Contacts";
import { Controls } from "./Controls";
import { Enrollment } from "./Enrollment";
import { Enrollments } from "./Enrollments";
import { Requests } from "./Requests";
import { StatusBar } from "./StatusBar";

/** The whole page: what is on every view, and the view that the address bar names. */
export function App({ onReconnect }: { onReconnect: () => void }) {
  useTitle();
  useFocus();
  const { view, id } = route.value;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Header />
      <StatusBar onReconnect={onReconnect} />
      <main id="main" tabIndex={-1}>
        {view === "controls" && <Controls />}
        {view === "contacts" && <Contacts />}
        {view === "requests" && <Requests />}
        {view === "enrollments" && (id === undefined ? <Enrollments /> : <Enrollment key={id} instanceId={id} />)}
      </main>
      <p class="unseen" role="status" aria-live="polite">
        {announcement.value}
      </p>
    </>
  );
}

const TABS: readonly (readonly [View, string])[] = [
  ["enrollments", "Enrollments"],
  ["contacts", "Contacts"],
  ["requests", "Requests"],
  ["controls", "Controls"],
];

function Header() {
  const counts: Partial<Record<View, number>> = {
    enrollments: enrollments.size,
    contacts: contacts.size,
    requests: requests.size,
  };
  return (
    <header class="top">
      <p class="brand">
        Mailmodo sandbox <span class="version">{state.value?.version}</span>
      </p>
      <nav aria-label="Views">
        <ul>
          {TABS.map(([view, title]) => (
            <li key={view}>
              <a href={listHash(view)} {...(route.value.view === view ? { "aria-current": "page" } : {})}>
                {title}
                {counts[view] !== undefined && <span class="count"> {counts[view]?.toLocaleString("en-US")}</span>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <label class="theme">
        <span>Theme</span>
        <select value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
          <option value="system">System</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
    </header>
  );
}

/** The hash names the view, so the link itself must not change it. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** The title of the tab says where one is. */
function useTitle(): void {
  useSignalEffect(() => {
    const { view, id } = route.value;
    const title = TABS.find(([name]) => name === view)?.[1] ?? "";
    // Read for the size too, so that the address takes the place of the id once the list is read.
    const item = view === "enrollments" && enrollments.size > 0 ? (enrollments.table.get(id ?? "")?.email ?? id) : id;
    document.title = [...(item === undefined ? [] : [isolated(item)]), title, "Mailmodo sandbox"].join(" · ");
  });
}

/** A new view takes the focus, as a page that is loaded does, unless the reader is still in the navigation. */
function useFocus(): void {
  const { view, id } = route.value;
  const place = view === "requests" ? view : `${view}/${id ?? ""}`;
  const last = useRef(place);
  useEffect(() => {
    if (last.current === place) return;
    last.current = place;
    if (document.activeElement?.closest("nav, main [data-active]") == null) document.getElementById("main")?.focus();
  }, [place]);
}
