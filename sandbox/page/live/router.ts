import { effect, signal } from "@preact/signals";
import { compareContacts, contactMatches, contactOrder } from "../model/contactRows";
import { compareEnrollments, enrollmentMatches, enrollmentOrder } from "../model/enrollmentRows";
import { requestMatches } from "../model/requestRows";
import { hashOf, routeOf, type Route, type View } from "../model/route";
import { contacts, enrollments, requests } from "./store";

/** Where the reader is. */
export const route = signal<Route>(routeOf(location.hash));

/** The filters that a list was last seen with, for the way back to it. */
const lastQuery: Partial<Record<View, Route["query"]>> = {};

/** The enrollment that was last seen by itself: the focus returns to its row. */
export let lastOpened: string | undefined;

/** Changes filters of the list that is shown. An empty one is removed. It makes no new entry in the browser's history. */
export function filterBy(changes: Record<string, string>): void {
  const { query, ...rest } = route.value;
  history.replaceState(null, "", hashOf({ ...rest, query: { ...query, ...changes } }));
  route.value = routeOf(location.hash);
}

export function listHash(view: View): string {
  return hashOf({ view, query: lastQuery[view] ?? {} });
}

/** Follows the address bar, and filters and sorts the lists by it. */
export function followAddressBar(): void {
  addEventListener("hashchange", () => (route.value = routeOf(location.hash)));
  const sortedBy: Partial<Record<View, string>> = {};
  const isSorted = (view: View, order: object): boolean => {
    const text = JSON.stringify(order);
    const before = sortedBy[view];
    sortedBy[view] = text;
    return before === text;
  };
  effect(() => {
    const { view, id, query } = route.value;
    if (id === undefined || view === "requests") lastQuery[view] = query;
    if (view === "requests") requests.change((table) => table.filterBy(requestMatches(query)));
    if (view === "contacts") {
      const order = contactOrder(query);
      contacts.change((table) => {
        table.filterBy(contactMatches(query));
        if (!isSorted(view, order)) table.sortBy(compareContacts(order));
      });
    }
    if (view === "enrollments" && id !== undefined) lastOpened = id;
    if (view !== "enrollments" || id !== undefined) return;
    const order = enrollmentOrder(query);
    enrollments.change((table) => {
      table.filterBy(enrollmentMatches(query));
      if (!isSorted(view, order)) table.sortBy(compareEnrollments(order));
    });
  });
}
