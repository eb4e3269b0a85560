import type { ComponentChildren } from "preact";
import type { InstanceDetail } from "../../api";
import { clock } from "../live/store";
import { hashOf } from "../model/route";
import { timelineOf, type Entry } from "../model/timeline";
import { relative } from "../model/times";
import { FaultBadge, HttpBadge } from "../parts/badges";
import { Foreign } from "../parts/Foreign";
import { Exact } from "../parts/Time";

/** What happened to an enrollment, and what is still to come. */
export function Timeline({ detail, chosenMail }: { detail: InstanceDetail; chosenMail: number | undefined }) {
  const { instanceId } = detail.instance;
  return (
    <ol class="timeline">
      {timelineOf(detail).map((entry, nth) => (
        <li key={nth} class={entry.kind}>
          <Exact at={entry.at} />
          <div>
            <What entry={entry} instanceId={instanceId} chosenMail={chosenMail} />
          </div>
        </li>
      ))}
    </ol>
  );
}

interface WhatProps {
  readonly entry: Entry;
  readonly instanceId: string;
  readonly chosenMail: number | undefined;
}

function What({ entry, instanceId, chosenMail }: WhatProps): ComponentChildren {
  switch (entry.kind) {
    case "request":
      return (
        <>
          <a href={hashOf({ view: "requests", id: String(entry.request.id), query: {} })}>{entry.title}</a>{" "}
          <HttpBadge request={entry.request} /> <FaultBadge fault={entry.request.fault} />
        </>
      );
    case "started":
      return <strong>Started</strong>;
    case "finished":
      return <strong>Finished</strong>;
    case "aborted":
      return (
        <>
          <strong>Aborted</strong>
          {entry.reason === undefined ? " without a reason" : ": "}
          {entry.reason !== undefined && <Foreign text={entry.reason} />}
        </>
      );
    case "due":
      return (
        <>
          Message {entry.step} due {relative(entry.at, clock.value)}: <Foreign text={entry.subject} />
        </>
      );
    case "mail":
      return <Sent {...{ entry, instanceId, chosenMail }} />;
  }
}

function Sent({ entry, instanceId, chosenMail }: WhatProps & { entry: Entry & { kind: "mail" } }) {
  const { id, step, subject, deliveredTo, problem } = entry.mail;
  const href = hashOf({ view: "enrollments", id: instanceId, query: { mail: String(id) } });
  return (
    <>
      <a href={href} {...(id === chosenMail ? { "aria-current": "true" } : {})}>
        Message {step} sent: <Foreign text={subject} />
      </a>
      {deliveredTo !== undefined && (
        <p class="dim">
          Delivered to <Foreign text={deliveredTo} isMono />
        </p>
      )}
      {problem !== undefined && (
        <p class="problem">
          Not delivered: <Foreign text={problem} />
        </p>
      )}
    </>
  );
}
