// Mailmodo's two calls as cheaply as can be, with no rule but the envelope, so that what is measured is the client. Bench
// only: it can also be asked for an instance, which Mailmodo cannot, because OpenTofu's restapi provider needs that.
import { randomUUID } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";

const running = new Map<string, object>();
let requests = 0;

const server = http.createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (part: string) => (text += part));
  request.on("end", () => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const [, noun, verb, , id = ""] = pathname.split("/");
    if (noun === "_count") {
      answer(200, { requests, running: running.size });
      requests = 0;
      return;
    }
    if (noun === "_forget") {
      running.clear();
      return answer(200, {});
    }
    requests += 1;
    const body = text === "" ? {} : (JSON.parse(text) as { instanceId?: string });
    if (noun === "instances") {
      const instance = running.get(verb ?? "");
      return instance === undefined ? answer(404, { success: false }) : answer(200, instance);
    }
    if (verb === "start") {
      const ref = randomUUID();
      const instance = { ...body, ref, success: true, message: "journey Executed" };
      running.set(ref, instance);
      return answer(200, instance);
    }
    running.delete(body.instanceId ?? id);
    answer(200, { success: true, message: "aborted" });
  });
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit());
