import { filterBy, lastOpened, route } from "../live/router";
import { enrollments, isReading, requests, filterChoices, state } from "../live/store";
import { enrollmentOrder, type EnrollmentRow } from "../model/enrollmentRows";
import { sortAfterClick } from "../model/order";
import { hashOf } from "../model/route";
import { StateBadge } from "../parts/badges";
import { Choice, Filters } from "../parts/Filters";
import { Foreign } from "../parts/Foreign";
import { Grid, type Column } from "../parts/Grid";
import { StackCell } from "../parts/StackCell";
import { Ago } from "../parts/Time";
import { Dropped } from "../parts/Dropped";
import { FirstVisit } from "./FirstVisit";

/** The list of enrollments, or what to do if there was never one. */
export function Enrollments() {
  const isEmpty = enrollments.size === 0 && requests.size === 0 && !isReading.value;
  return isEmpty ? <FirstVisit /> : <List />;
}

function List() {
  const { query } = route.value;
  const rows = enrollments.shown;
  const order = enrollmentOrder(query);
  const hasStacks = rows.some(({ stackLabel }) => stackLabel !== "");
  return (
    <>
      <h1>Enrollments</h1>
      <EnrollmentFilters shown={rows.length} />
      <Dropped kept={state.value?.ended} what="ended enrollments" />
      {rows.length === 0 ? (
        <p class="nothing">{enrollments.size === 0 ? "Nothing is enrolled." : "No enrollment fits these filters."}</p>
      ) : (
        <Grid
          label="Enrollments"
          kind={hasStacks ? "enrollments" : "enrollments without-stacks"}
          columns={hasStacks ? COLUMNS : COLUMNS.filter(({ name }) => name !== "project" && name !== "stack")}
          rows={rows}
          hrefOf={({ key }) => hashOf({ view: "enrollments", id: key, query: {} })}
          listKey={JSON.stringify(query)}
          order={order}
          {...(lastOpened === undefined ? {} : { startKey: lastOpened })}
          onSort={(name) => filterBy({ sort: sortAfterClick(name, order) })}
        />
      )}
    </>
  );
}

const COLUMNS: readonly Column<EnrollmentRow>[] = [
  { name: "address", title: "Address", cell: ({ email }) => <Foreign text={email} isMono /> },
  { name: "project", title: "Project", cell: ({ project }) => <Foreign text={project} /> },
  { name: "stack", title: "Stack", cell: (row) => <StackCell row={row} /> },
  { name: "journey", title: "Journey", cell: ({ journeyId }) => <Journey id={journeyId} /> },
  { name: "state", title: "State", cell: (row) => <StateBadge status={row.status} isDoubled={row.isDoubled} /> },
  { name: "since", title: "Since", cell: ({ since }) => <Ago at={since} /> },
  { name: "reason", title: "Reason", cell: ({ reason }) => <Foreign text={reason} /> },
];

/** A UUID's first part tells journeys apart. The whole one is in its title, in the filter and on the enrollment's view. */
function Journey({ id }: { id: string }) {
  return (
    <bdi class="mono" title={id}>
      {id.slice(0, 8)}
    </bdi>
  );
}

function EnrollmentFilters({ shown }: { shown: number }) {
  const { stacks, journeys } = filterChoices.value;
  const states = [
    ["running", "running"],
    ["aborted", "aborted"],
    ["finished", "finished"],
    ["twice", "enrolled twice"],
  ] as const;
  return (
    <Filters shown={shown} all={enrollments.size} what="enrollments" searchHint="Address, id, reason">
      <Choice name="state" title="State" options={states} />
      <Choice name="stack" title="Stack" options={stacks.map((stack) => [stack, stack])} />
      <Choice name="journey" title="Journey" options={journeys.map((id) => [id, id])} />
    </Filters>
  );
}
