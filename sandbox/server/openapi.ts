import type { FastifyInstance, RouteOptions } from "fastify";
import type { Operation } from "./schemas/operation";

/**
 * `GET /openapi.json`: describes the vendor's calls and the admin API, from the routes' own schemas. It is made when
 * somebody asks, because that takes longer than the start of the sandbox. Call it before the routes are added.
 */
export function openApiRoute(app: FastifyInstance, version: string): void {
  const routes: RouteOptions[] = [];
  let document: Promise<object> | undefined;
  app.addHook("onRoute", (route) => {
    // Fastify adds a HEAD to each GET.
    if (/^\/(hooks|api|unsubscribe|_sandbox)\//.test(route.url) && route.method !== "HEAD") routes.push(route);
  });
  app.get("/openapi.json", () => (document ??= describe(routes, version)));
}

/** Adds the same routes to an app that answers nothing. */
async function describe(routes: readonly RouteOptions[], version: string): Promise<object> {
  const [{ default: Fastify }, { default: swagger }, { operations }] = await Promise.all([
    import("fastify"),
    import("@fastify/swagger"),
    import("./schemas/operations"),
  ]);
  const app = Fastify({ exposeHeadRoutes: false });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => () => "");
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Mailmodo sandbox",
        version,
        description:
          "Mailmodo's calls for journeys and contacts as the sandbox answers them, without faults and with the profile " +
          '"default", and the sandbox\'s own API.',
      },
      servers: [{ url: "/" }],
      components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "mmApiKey" } } },
      tags: [{ name: "Mailmodo" }, { name: "Sandbox" }],
    },
  });
  for (const { method, url, schema, config } of routes) {
    const operation: Operation | undefined = operations[`${String(method)} ${url}`];
    const isVendors = config?.vendorCall !== undefined;
    const body = schema?.body === undefined ? {} : { body: { ...schema.body, ...operation?.body } };
    const described = { ...schema, ...operation, ...body, tags: [isVendors ? "Mailmodo" : "Sandbox"] };
    app.route({ method, url, schema: { ...described, ...(isVendors ? { security: [{ key: [] }] } : {}) }, handler });
  }
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}

function handler(): void {
  // The app never listens.
}
