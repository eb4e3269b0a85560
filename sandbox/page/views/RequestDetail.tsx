import type { LoggedRequest } from "../../api";
import { route } from "../live/router";
import { isReading, requests, state } from "../live/store";
import { curlOf } from "../model/curl";
import { readableJson, visibleText } from "../model/foreignText";
import type { RequestRow } from "../model/requestRows";
import { hashOf } from "../model/route";
import { duration } from "../model/times";
import { FaultBadge, HttpBadge } from "../parts/badges";
import { Snippet } from "../parts/CopyButton";
import { Foreign, ForeignBlock } from "../parts/Foreign";
import { Exact } from "../parts/Time";

/** One request with its body and its answer. */
export function RequestDetail({ id }: { id: number }) {
  // Read for the size too, so that it is rendered again when the log changes.
  const row = requests.size === 0 ? undefined : requests.table.get(id);
  return (
    <section class="side" aria-labelledby="request">
      <p class="back">
        <a href={hashOf({ view: "requests", query: route.value.query })}>Close ×</a>
      </p>
      <h2 id="request">Request {Number.isSafeInteger(id) ? id : ""}</h2>
      {row === undefined ? (
        <p class="nothing">{isReading.value ? "Reading…" : "The log has no such request. It may have been dropped."}</p>
      ) : (
        <Known row={row} />
      )}
    </section>
  );
}

function Known({ row: { request, at } }: { row: RequestRow }) {
  const { method, path, body, bodyLength, answer, fault, durationMs, instanceId } = request;
  const key = state.value?.apiKey ?? null;
  return (
    <>
      <p class="request-line mono">
        <bdi>{visibleText(`${method} ${path}`)}</bdi>
      </p>
      <p>
        <HttpBadge request={request} /> <FaultBadge fault={fault} /> <Exact at={at} /> · {duration(durationMs)}
      </p>
      {instanceId !== undefined && (
        <p>
          Enrollment:{" "}
          <a class="mono" href={hashOf({ view: "enrollments", id: instanceId, query: {} })}>
            <Foreign text={instanceId} />
          </a>
        </p>
      )}
      {bodyLength === undefined ? (
        <Json title="Body" value={body} none="It had none." />
      ) : (
        <>
          <h3>Beginning of the body</h3>
          <p class="dim">
            The log keeps {String(body).length.toLocaleString("en-US")} of its {bodyLength.toLocaleString("en-US")}{" "}
            characters.
          </p>
          <ForeignBlock label="Beginning of the body" text={visibleText(String(body))} />
        </>
      )}
      <Json title={fault === undefined ? "Answer" : "Answer without the fault"} value={answer} none="There was none." />
      <h3>As curl</h3>
      {bodyLength !== undefined && <p class="dim">There is no command, as the log does not have the whole body.</p>}
      {bodyLength === undefined && <Curl request={request} apiKey={key} />}
    </>
  );
}

function Curl({ request, apiKey }: { request: LoggedRequest; apiKey: string | null }) {
  return (
    <>
      {apiKey === null && <p class="dim">The key is not kept. The command takes it from MAILMODO_API_KEY.</p>}
      <Snippet what="the request as a curl command" text={curlOf(request, location.origin, apiKey)} />
    </>
  );
}

function Json({ title, value, none }: { title: string; value: unknown; none: string }) {
  return (
    <>
      <h3>{title}</h3>
      {value === undefined || value === null ? (
        <p class="dim">{none}</p>
      ) : (
        <ForeignBlock label={title} text={readableJson(value)} />
      )}
    </>
  );
}
