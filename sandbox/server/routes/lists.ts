import type { FastifyInstance } from "fastify";
import type { InstanceDetail, MailDetail } from "../../api";
import type { Journeys } from "../../mail/journeys";
import type { Mail } from "../../mail/mail";
import type { Instance } from "../../state/instances";
import type { Store } from "../../state/store";
import { notFound } from "./notFound";

interface Page {
  readonly after?: number;
  readonly limit?: number;
}

const querystring = {
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
export function listRoutes(app: FastifyInstance, store: Store, journeys: Journeys): void {
  const schema = { querystring };
  app.get<{ Querystring: Page }>("/_sandbox/instances", { schema }, ({ query }) =>
    pageOf(store.all(), query, ({ number }) => number),
  );
  app.get<{ Querystring: Page }>("/_sandbox/requests", { schema }, ({ query }) =>
    pageOf(store.requests(), query, ({ id }) => id),
  );
  app.get<{ Querystring: Page }>("/_sandbox/mails", { schema }, ({ query }) =>
    pageOf(store.mails(), query, ({ id }) => id),
  );
  app.get<{ Params: { instanceId: string } }>("/_sandbox/instances/:instanceId", ({ params }, reply) => {
    const instance = store.instances.get(params.instanceId);
    return instance === undefined ? notFound(reply, "instance") : detailOf(instance, store, journeys);
  });
  mailRoutes(app, store);
}

function mailRoutes(app: FastifyInstance, store: Store): void {
  type Params = { Params: { id: string } };
  const mailOf = (id: string): Mail | undefined => store.mails().find((mail) => String(mail.id) === id);
  app.get<Params>("/_sandbox/mails/:id", async ({ params }, reply) => {
    const mail = mailOf(params.id);
    return mail === undefined ? notFound(reply, "message") : detailOfMail(mail);
  });
  app.get<Params>("/_sandbox/mails/:id/html", ({ params }, reply) => {
    const mail = mailOf(params.id);
    if (mail?.html === undefined) return notFound(reply, "HTML");
    // A journey's HTML is hostile: it runs no scripts and loads nothing, also when it is opened outside the page's frame.
    return reply
      .header("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
      .type("text/html; charset=utf-8")
      .send(mail.html);
  });
  app.get<Params>("/_sandbox/mails/:id/source", async ({ params }, reply) => {
    const mail = mailOf(params.id);
    if (mail === undefined) return notFound(reply, "message");
    return reply.type("text/plain; charset=utf-8").send(await sourceOf(mail));
  });
}

function pageOf<T>(all: readonly T[], { after = 0, limit = Infinity }: Page, numberOf: (item: T) => number): T[] {
  const from = all.findIndex((item) => numberOf(item) > Number(after));
  return from < 0 ? [] : all.slice(from, from + Number(limit));
}

function detailOf(instance: Instance, store: Store, journeys: Journeys): InstanceDetail {
  const { instanceId, journeyId } = instance;
  const steps = journeys.get(journeyId.toLowerCase()) ?? [];
  return {
    instance,
    requests: store.requests().filter((request) => request.instanceId === instanceId),
    mails: store.mails().filter((mail) => mail.instanceId === instanceId),
    due: store.outbox.dueOf(instance).map(({ index, at }) => ({
      step: index + 1,
      at: new Date(at).toISOString(),
      subject: steps[index]?.subject ?? "",
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
