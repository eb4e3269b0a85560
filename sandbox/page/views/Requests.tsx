import { route } from "../live/router";
import { requests, state } from "../live/store";
import { FAULT_KINDS } from "../model/faultForm";
import { subjectOf, type RequestRow } from "../model/requestRows";
import { hashOf } from "../model/route";
import { duration } from "../model/times";
import { FaultBadge, HttpBadge } from "../parts/badges";
import { Dropped } from "../parts/Dropped";
import { Choice, Filters } from "../parts/Filters";
import { Foreign } from "../parts/Foreign";
import { Grid, type Column } from "../parts/Grid";
import { Exact } from "../parts/Time";
import { RequestDetail } from "./RequestDetail";

/** The log of the calls that Mailmodo would have received, and the one that was chosen beside it. */
export function Requests() {
  const { query, id } = route.value;
  const rows = requests.shown;
  return (
    <>
      <h1>Requests</h1>
      <RequestFilters shown={rows.length} />
      <Dropped kept={state.value?.requests} what="requests" />
      <div class={id === undefined ? "split" : "split with-detail"}>
        {rows.length === 0 ? (
          <p class="nothing">{requests.size === 0 ? "No request has come in." : "No request fits these filters."}</p>
        ) : (
          <Grid
            label="Requests"
            kind="requests"
            columns={COLUMNS}
            rows={rows}
            hrefOf={({ key }) => hashOf({ view: "requests", id: String(key), query })}
            listKey={JSON.stringify(query)}
            {...(id === undefined ? {} : { openKey: Number(id) })}
          />
        )}
        {id !== undefined && <RequestDetail id={Number(id)} />}
      </div>
    </>
  );
}

const COLUMNS: readonly Column<RequestRow>[] = [
  {
    name: "request",
    title: "Request",
    cell: ({ request: { method, path } }) => <Foreign text={`${method} ${path}`} isMono />,
  },
  {
    name: "subject",
    title: "Address or instance",
    cell: ({ request }) => <Foreign text={subjectOf(request)} isMono />,
  },
  { name: "time", title: "Time", cell: ({ at }) => <Exact at={at} /> },
  { name: "status", title: "Status", cell: ({ request }) => <HttpBadge request={request} /> },
  {
    name: "duration",
    title: "Duration",
    cell: ({ request }) => <span class="mono">{duration(request.durationMs)}</span>,
  },
  { name: "fault", title: "Fault", cell: ({ request }) => <FaultBadge fault={request.fault} isNamed={false} /> },
];

function RequestFilters({ shown }: { shown: number }) {
  const calls = [
    ["start", "Start"],
    ["abort", "Abort"],
    ["contact", "Contact"],
    ["other", "Other"],
  ] as const;
  const statuses = [
    ["2xx", "2xx"],
    ["4xx", "4xx"],
    ["5xx", "5xx"],
    ["none", "No answer"],
  ] as const;
  const faults = ["any", ...Object.keys(FAULT_KINDS)].map((kind) => [kind, kind] as const);
  return (
    <Filters shown={shown} all={requests.size} what="requests" searchHint="Path, body, answer">
      <Choice name="call" title="Call" options={calls} />
      <Choice name="status" title="Status" options={statuses} />
      <Choice name="fault" title="Fault" options={faults} />
    </Filters>
  );
}
