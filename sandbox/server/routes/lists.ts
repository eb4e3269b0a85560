import type { FastifyInstance } from "fastify";
import type { InstanceDetail, MailDetail } from "../../api";
import { fill, type Mail } from "../../mail/mail";
import { timeAfter } from "../../state/clock";
import { stepsOver, type Instance } from "../../state/instance";
import type { Store } from "../../state/store";
import { notFound } from "./notFound";

export interface Page {
  readonly after?: string;
  readonly limit?: string;
}

export const pageQuery = {
  type: "object",
  properties: {
    after: { type: "string", pattern: "^\\d{1,15}$" },
    limit: { type: "string", pattern: "^\\d{1,15}$" },
  },
};

/**
 * `/_sandbox/instances`, `/requests` and `/mails`: what the store holds, in the order in which it came. Outside the
 * vendor's paths, and without a key.
 */
export function listRoutes(app: FastifyInstance, store: Store): void {
  const schema = { querystring: pageQuery };
  app.get<{ Querystring: Page }>("/_sandbox/instances", { schema }, ({ query }) =>
    store.instances.page(...rangeOf(query)),
  );
  app.get<{ Querystring: Page }>("/_sandbox/requests", { schema }, ({ query }) =>
    store.log.kept.page(...rangeOf(query)),
  );
  app.get<{ Querystring: Page }>("/_sandbox/mails", { schema }, ({ query }) =>
    store.outbox.kept.page(...rangeOf(query)),
  );
  app.get<{ Params: { instanceId: string } }>("/_sandbox/instances/:instanceId", ({ params }, reply) => {
    const instance = store.instances.get(params.instanceId);
    return instance === undefined ? notFound(reply, "instance") : detailOf(instance, store);
  });
  mailRoutes(app, store);
}

function mailRoutes(app: FastifyInstance, store: Store): void {
  type Params = { Params: { id: string } };
  const mailOf = (id: string): Mail | undefined => store.outbox.kept.get(Number(id));
  app.get<Params>("/_sandbox/mails/:id", async ({ params }, reply) => {
    const mail = mailOf(params.id);
    return mail === undefined ? notFound(reply, "message") : detailOfMail(mail);
  });
  app.get<Params>("/_sandbox/mails/:id/html", ({ params }, reply) => {
    const mail = mailOf(params.id);
    if (mail?.html === undefined) return notFound(reply, "HTML");
    // A journey's HTML is hostile: it runs no scripts and loads nothing, also when it is opened outside the page's frame.
    return reply
      .header(
        "Content-Security-Policy",
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
      )
      .type("text/html; charset=utf-8")
      .send(withoutLinks(mail.html));
  });
  app.get<Params>("/_sandbox/mails/:id/source", async ({ params }, reply) => {
    const mail = mailOf(params.id);
    if (mail === undefined) return notFound(reply, "message");
    return reply.type("text/plain; charset=utf-8").send(await sourceOf(mail));
  });
}

/** `<link rel="preconnect">` opens a connection that no content security policy stops. */
function withoutLinks(html: string): string {
  return html.replace(/<(?=link[\s/>])/gi, "<no-");
}

/** Undefined: all. */
export function rangeOf({ after, limit }: Page): [after: number | undefined, limit: number | undefined] {
  return [after === undefined ? undefined : Number(after), limit === undefined ? undefined : Number(limit)];
}

function detailOf(instance: Instance, { schedule, log, outbox }: Store): InstanceDetail {
  const due = instance.status === "running" ? schedule.stepsOf(instance).slice(stepsOver(instance)) : [];
  const first = stepsOver(instance);
  return {
    instance,
    requests: log.ofInstance(instance.instanceId),
    mails: outbox.ofInstance(instance.instanceId),
    due: due.map(({ afterMs, subject }, index) => ({
      step: first + index + 1,
      at: new Date(timeAfter(Date.parse(instance.startedAt), afterMs)).toISOString(),
      subject: fill(subject, instance.data),
    })),
  };
}

async function detailOfMail(mail: Mail): Promise<MailDetail> {
  return { ...mail, headers: await headersOf(mail) };
}

/** Loaded only if somebody looks, because the composer of messages takes long to load. */
async function sourceOf(mail: Mail): Promise<Buffer> {
  const { mimeOf } = await import("../../mail/mime");
  return mimeOf(mail, String(mail.id));
}

/** The headers as they are on the wire, with folded lines joined. */
async function headersOf(mail: Mail): Promise<{ name: string; value: string }[]> {
  const [head = ""] = (await sourceOf(mail)).toString("latin1").split("\r\n\r\n", 1);
  return head
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n")
    .map((line) => ({ name: line.slice(0, line.indexOf(":")), value: line.slice(line.indexOf(":") + 1).trim() }));
}
