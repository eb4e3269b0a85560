// Mailmodo's two calls as cheaply as can be, with no rule but the envelope, so that what is measured is the client. Bench
// only: it can also be asked for an instance, which Mailmodo cannot, because OpenTofu's restapi provider needs that.
import { randomUUID } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";

const running = new Map<string, object>();
/** When each request came, in milliseconds. */
let arrivals: number[] = [];

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
      const between = arrivals.length > 1 ? arrivals.at(-1)! - arrivals[0]! : 0;
      answer(200, {
        requests: arrivals.length,
        running: running.size,
        busiestSecond: busiestSecond(),
        sendingMs: between,
      });
      arrivals = [];
      return;
    }
    if (noun === "_forget") {
      running.clear();
      return answer(200, {});
    }
    arrivals.push(performance.now());
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

/** The most that came in any one second. */
function busiestSecond(): number {
  let [most, first] = [0, 0];
  arrivals.forEach((at, last) => {
    while (arrivals[first]! <= at - 1000) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.once("disconnect", () => process.exit());
