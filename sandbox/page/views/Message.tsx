import { useEffect, useState } from "preact/hooks";
import type { MailDetail } from "../../api";
import { get, linkTo } from "../live/api";
import { Foreign, ForeignBlock } from "../parts/Foreign";
import { Tabs } from "../parts/Tabs";

/** One message as it looks, as text, and with its headers. */
export function Message({ id, revision }: { id: number; revision: number }) {
  const [mail, setMail] = useState<MailDetail | undefined>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    get<MailDetail>(`mails/${id}`).then(setMail, (error: Error) => setProblem(error.message));
  }, [id, revision]);
  if (problem !== "") return <p role="alert">Could not read this message: {problem}.</p>;
  if (mail === undefined) return null;

  const { subject, html, text, headers } = mail;
  const tabs = [
    ...(html === undefined
      ? []
      : [{ name: "html", title: "Message", content: <Rendered id={id} subject={subject} /> }]),
    ...(text === undefined
      ? []
      : [{ name: "text", title: "Text", content: <ForeignBlock label="Text" text={text} /> }]),
    { name: "headers", title: "Headers", content: <Headers headers={headers} /> },
  ];
  return (
    <section class="message" aria-labelledby="message">
      <h2 id="message">
        Message {mail.step}: <Foreign text={subject} />
      </h2>
      <p class="source">
        <a href={linkTo(`mails/${id}/source`)} target="_blank" rel="noopener">
          Source
        </a>
      </p>
      <Tabs label="Parts of the message" tabs={tabs} />
    </section>
  );
}

/** Whatever a journey's HTML holds: no scripts, no forms, no way out of its frame, and an origin of its own. */
function Rendered({ id, subject }: { id: number; subject: string }) {
  return (
    <iframe
      class="rendered"
      sandbox=""
      title={`Message ${id}`}
      aria-description={subject}
      src={linkTo(`mails/${id}/html`)}
    />
  );
}

function Headers({ headers }: Pick<MailDetail, "headers">) {
  return (
    <dl class="facts headers">
      {headers.map(({ name, value }, nth) => (
        <div key={nth}>
          <dt>
            <Foreign text={name} isMono />
          </dt>
          <dd>
            <Foreign text={value} isMono />
          </dd>
        </div>
      ))}
    </dl>
  );
}
