import type { InstanceDetail } from "../../api";
import { listHash, route } from "../live/router";
import { useDetail } from "../live/useDetail";
import { counted } from "../model/counted";
import { readableJson } from "../model/foreignText";
import { stackTagOf } from "../model/plusTag";
import { hashOf } from "../model/route";
import { StateBadge } from "../parts/badges";
import { CopyButton } from "../parts/CopyButton";
import { Foreign, ForeignBlock } from "../parts/Foreign";
import { Exact } from "../parts/Time";
import { Message } from "./Message";
import { Timeline } from "./Timeline";

/** One enrollment: its timeline, its values, and the message that was chosen. */
export function Enrollment({ instanceId }: { instanceId: string }) {
  const result = useDetail(instanceId);
  return (
    <>
      <p class="back">
        <a href={listHash("enrollments")}>← Enrollments</a>
      </p>
      {result.is === "reading" && <p class="nothing">Reading…</p>}
      {result.is === "missing" && (
        <>
          <h1>No such enrollment</h1>
          <p class="nothing">
            It was removed by a reset, dropped because the sandbox keeps only so many, or never there.
          </p>
        </>
      )}
      {result.is === "failed" && (
        <p class="nothing" role="alert">
          Could not read this enrollment: {result.why}.
        </p>
      )}
      {result.is === "read" && <Known detail={result.detail} />}
    </>
  );
}

function Known({ detail }: { detail: InstanceDetail }) {
  const { instance, mails, due } = detail;
  const chosen = mails.find(({ id }) => String(id) === route.value.query["mail"]) ?? mails.at(-1);
  return (
    <div class="detail">
      <h1>
        <Foreign text={instance.email} isMono />
      </h1>
      <div class="columns">
        <div>
          <Facts detail={detail} />
          <h2>Personalization values</h2>
          {Object.keys(instance.data).length === 0 ? (
            <p class="dim">None.</p>
          ) : (
            <ForeignBlock label="Personalization values" text={readableJson(instance.data)} />
          )}
        </div>
        <section aria-labelledby="timeline">
          <h2 id="timeline">Timeline</h2>
          <Timeline detail={detail} chosenMail={chosen?.id} />
        </section>
      </div>
      {mails.length === 0 && due.length === 0 && <NoMessages instance={instance} />}
      {chosen !== undefined && <Message key={chosen.id} id={chosen.id} revision={chosen.revision} />}
    </div>
  );
}

/** Without steps the sandbox does not count what was sent. */
function NoMessages({ instance: { sent, withheld } }: Pick<InstanceDetail, "instance">) {
  return (
    <p class="nothing">
      {sent === undefined ? (
        <>
          No messages: this journey has no steps. Start the sandbox with <code>--journeys &lt;file&gt;</code> to give it
          some.
        </>
      ) : (
        `No messages: ${withheld === undefined ? "it ended before the first one" : "they were withheld"}.`
      )}
    </p>
  );
}

function Facts({ detail: { instance } }: { detail: InstanceDetail }) {
  const { instanceId, journeyId, email, status, startedAt, endedAt, abortReason, doubled } = instance;
  return (
    <dl class="facts">
      <dt>State</dt>
      <dd>
        <StateBadge status={status} isDoubled={doubled === true} />
      </dd>
      <TagFacts email={email} />
      <Id title="Journey" id={journeyId} />
      <Id title="Instance" id={instanceId} />
      <dt>Started</dt>
      <dd>
        <Exact at={Date.parse(startedAt)} />
      </dd>
      {endedAt !== undefined && (
        <>
          <dt>Ended</dt>
          <dd>
            <Exact at={Date.parse(endedAt)} />
          </dd>
        </>
      )}
      <ContactFacts instance={instance} />
      {abortReason !== undefined && (
        <>
          <dt>Reason</dt>
          <dd>
            <Foreign text={abortReason} />
          </dd>
        </>
      )}
    </dl>
  );
}

/** What the plus tag of the address says. */
function TagFacts({ email }: { email: string }) {
  const tag = stackTagOf(email);
  return (
    <>
      {tag !== undefined && !tag.isShortened && (
        <>
          <dt>Project</dt>
          <dd>
            <Foreign text={tag.project} />
          </dd>
        </>
      )}
      {tag !== undefined && (
        <>
          <dt>{tag.isShortened ? "Project and stack, shortened" : "Stack"}</dt>
          <dd>
            <Foreign text={tag.stack} />
          </dd>
        </>
      )}
    </>
  );
}

/** Why the contact received less than the journey has, and the way to it. */
function ContactFacts({ instance: { email, withheld, withheldReason } }: Pick<InstanceDetail, "instance">) {
  return (
    <>
      {withheld !== undefined && (
        <>
          <dt>Withheld</dt>
          <dd>
            {counted(withheld, "message")}: <Foreign text={withheldReason ?? ""} />
          </dd>
        </>
      )}
      <dt>Contact</dt>
      <dd>
        <a href={hashOf({ view: "contacts", query: { q: email } })}>Its lists and state</a>
      </dd>
    </>
  );
}

function Id({ title, id }: { title: string; id: string }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>
        <Foreign text={id} isMono /> <CopyButton text={id} what={`the ${title.toLowerCase()} id`} />
      </dd>
    </>
  );
}
