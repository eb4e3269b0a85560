import type { FastifyInstance, FastifyReply } from "fastify";
import { escapeHtml } from "../../mail/mail";
import { UNSUBSCRIBE_PATH } from "../../mail/unsubscribeLink";
import type { Store } from "../../state/store";
import { unsubscribe } from "../../state/unsubscribe";

type Params = { Params: { instanceId: string } };

/**
 * `/unsubscribe/{instanceId}`: the link in a journey's messages. A click is enough, and so is the POST that mail programs
 * send instead (RFC 8058). Anybody who has the link may use it, so it needs no key.
 */
export function unsubscribeRoutes(app: FastifyInstance, store: Store): void {
  void app.register(async (links) => {
    // A mail program sends a form, which says nothing that the link does not.
    links.addContentTypeParser("*", { parseAs: "string" }, (_request, _body, done) => done(null));
    for (const method of ["GET", "POST"] as const) {
      links.route<Params>({
        method,
        url: `${UNSUBSCRIBE_PATH}:instanceId`,
        // A program that only looks whether the link works must not use it.
        exposeHeadRoute: false,
        handler: ({ params }, reply) => answer(reply, unsubscribe(store, params.instanceId)?.email),
      });
    }
  });
}

function answer(reply: FastifyReply, email: string | undefined): FastifyReply {
  const page =
    email === undefined
      ? pageOf("No such message", "The sandbox has no enrollment with this link, or no longer.")
      : pageOf("Unsubscribed", `${email} receives no more messages of the sandbox's journeys.`);
  return reply
    .code(email === undefined ? 404 : 200)
    .headers({ "Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'" })
    .type("text/html; charset=utf-8")
    .send(page);
}

function pageOf(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body><main><h1>${title}</h1><p>${escapeHtml(text)}</p><p><a href="/#/contacts">The sandbox's contacts</a></p></main></body>
</html>
`;
}
