import { filterBy, route } from "../live/router";
import { contacts, filterChoices, state } from "../live/store";
import { contactOrder, type ContactRow } from "../model/contactRows";
import { sortAfterClick } from "../model/order";
import { hashOf } from "../model/route";
import { Dropped } from "../parts/Dropped";
import { Choice, Filters } from "../parts/Filters";
import { Foreign } from "../parts/Foreign";
import { Grid, type Column } from "../parts/Grid";
import { StackCell } from "../parts/StackCell";
import { Ago } from "../parts/Time";

/** The list of contacts: those that journeys were started for, and those that were added. Each leads to its enrollments. */
export function Contacts() {
  const { query } = route.value;
  const rows = contacts.shown;
  const order = contactOrder(query);
  const hasStacks = rows.some(({ stackLabel }) => stackLabel !== "");
  return (
    <>
      <h1>Contacts</h1>
      <ContactFilters shown={rows.length} />
      <Dropped kept={state.value?.archived} what="archived contacts" />
      {rows.length === 0 ? (
        <p class="nothing">{contacts.size === 0 ? "There is no contact." : "No contact fits these filters."}</p>
      ) : (
        <Grid
          label="Contacts"
          kind={hasStacks ? "contacts" : "contacts without-stacks"}
          columns={hasStacks ? COLUMNS : COLUMNS.filter(({ name }) => name !== "project" && name !== "stack")}
          rows={rows}
          hrefOf={({ email }) => hashOf({ view: "enrollments", query: { q: email } })}
          listKey={JSON.stringify(query)}
          order={order}
          onSort={(name) => filterBy({ sort: sortAfterClick(name, order) })}
        />
      )}
    </>
  );
}

const COLUMNS: readonly Column<ContactRow>[] = [
  { name: "address", title: "Address", cell: ({ email }) => <Foreign text={email} isMono /> },
  { name: "project", title: "Project", cell: ({ project }) => <Foreign text={project} /> },
  { name: "stack", title: "Stack", cell: (row) => <StackCell row={row} /> },
  { name: "lists", title: "Lists", cell: ({ lists }) => <Foreign text={lists} /> },
  { name: "state", title: "State", cell: (row) => <span class={`badge ${row.state}`}>{row.state}</span> },
  { name: "since", title: "Since", cell: ({ since }) => <Ago at={since} /> },
  { name: "reason", title: "Reason", cell: ({ reason }) => <Foreign text={reason} /> },
];

function ContactFilters({ shown }: { shown: number }) {
  const states = (["active", "unsubscribed", "blocked", "archived"] as const).map((name) => [name, name] as const);
  return (
    <Filters shown={shown} all={contacts.size} what="contacts" searchHint="Address, list, reason">
      <Choice name="state" title="State" options={states} />
      <Choice
        name="stack"
        title="Stack"
        options={filterChoices.value.contactStacks.map((stack) => [stack, stack] as const)}
      />
    </Filters>
  );
}
