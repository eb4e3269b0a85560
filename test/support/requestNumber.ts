import type { ServerResponse } from "node:http";
import type { Project } from "./project";

/** Waits until the sandbox has been asked so often, and gives the answer that it is about to make. */
export function requestNumber(project: Project, number: number): Promise<ServerResponse> {
  let asked = 0;
  return new Promise((resolve) => {
    project.sandbox.app.server.prependListener("request", (request, response) => {
      if (/^\/(hooks|api)\//.test(request.url ?? "") && ++asked === number) resolve(response);
    });
  });
}
