// A double of Pulumi's AWS plugin, which cannot be had here: for the types in awsResources/ it turns the engine's calls
// into real calls of the AWS SDK, and refuses every other type and argument. The engine that calls it is real.
import { isDeepStrictEqual } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { version } from "@pulumi/aws/package.json";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import * as providerService from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { access } from "./awsResources/access";
import { buckets } from "./awsResources/buckets";
import { clientsFor, type AnyResource, type Clients } from "./awsResources/awsResource";
import { mail } from "./awsResources/mail";
import type { Moto } from "./moto";

export interface AwsPlugin {
  /** What makes the engine attach to it. */
  readonly env: { readonly PULUMI_DEBUG_PROVIDERS: string };
  close(): void;
}

/** Starts it on a free port; what it makes, it makes in moto. */
export async function startAwsPlugin(moto: Moto): Promise<AwsPlugin> {
  const server = new grpc.Server();
  server.addService(providerService.ResourceProviderService, serviceFor(moto));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { env: { PULUMI_DEBUG_PROVIDERS: `aws:${port}` }, close: () => server.forceShutdown() };
}

const types: Readonly<Record<string, AnyResource>> = { ...access, ...buckets, ...mail };

function serviceFor(moto: Moto): grpc.UntypedServiceImplementation {
  let clients: Clients;
  return {
    attach: answer(() => new Empty()),
    getPluginInfo: answer(() => {
      const info = new plugin.PluginInfo();
      info.setVersion(version);
      return info;
    }),
    checkConfig: answer((request: provider.CheckRequest) => checked(request.getNews())),
    diffConfig: answer((request: provider.DiffRequest) =>
      differing(isDeepStrictEqual(values(request.getOldInputs()), values(request.getNews())) ? [] : ["region"], []),
    ),
    configure: answer((request: provider.ConfigureRequest) => {
      const { region } = values(request.getArgs());
      if (region === undefined) throw new Error("Missing region. Set it: pulumi config set aws:region <region>.");
      clients = clientsFor(moto, region as string);
      // Values come as they are, and a preview makes nothing.
      return new provider.ConfigureResponse();
    }),

    check: answer((request: provider.CheckRequest) => {
      const { args, autoname } = typeOf(request);
      const news = values(request.getNews());
      const failures = Object.keys(news)
        .filter((arg) => !args.includes(arg))
        .map((arg) => ({ property: arg, reason: "the double of the AWS plugin has no such argument" }));
      if (autoname !== undefined && news[autoname] === undefined) {
        news[autoname] =
          values(request.getOlds())[autoname] ?? `${request.getName()}-${hexOf(request.getRandomseed_asU8())}`;
      }
      return checked(struct(news), failures);
    }),
    diff: answer((request: provider.DiffRequest) => {
      const [olds, news] = [values(request.getOldInputs()), values(request.getNews())];
      const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (arg) => !isDeepStrictEqual(olds[arg], news[arg]),
      );
      return differing(changed, typeOf(request).update === undefined ? changed : []);
    }),
    create: answer(async (request: provider.CreateRequest) => {
      const inputs = values(request.getProperties());
      const { id, outs } = await typeOf(request).create(clients, inputs);
      const response = new provider.CreateResponse();
      response.setId(id);
      response.setProperties(struct({ ...inputs, region: clients.region, ...outs }));
      return response;
    }),
    read: answer(async (request: provider.ReadRequest) => {
      const response = new provider.ReadResponse();
      const state = values(request.getProperties());
      if (!(await typeOf(request).exists(clients, request.getId(), state))) return response;
      response.setId(request.getId());
      response.setProperties(request.getProperties());
      response.setInputs(request.getInputs());
      return response;
    }),
    update: answer(async (request: provider.UpdateRequest) => {
      const news = values(request.getNews());
      await typeOf(request).update?.(clients, news);
      const response = new provider.UpdateResponse();
      response.setProperties(struct({ ...values(request.getOlds()), ...news }));
      return response;
    }),
    delete: answer(async (request: provider.DeleteRequest) => {
      await typeOf(request).delete(clients, request.getId(), values(request.getProperties()));
      return new Empty();
    }),
    cancel: answer(() => new Empty()),
  };
}

/** A call's answer, or its error's message. A method that is not here, the server itself refuses as unimplemented. */
function answer<Request, Response>(
  method: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    Promise.resolve()
      .then(() => method(request))
      .then(
        (response) => callback(null, response),
        (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}

function typeOf(request: { getUrn(): string }): AnyResource {
  // urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>
  const type = request.getUrn().split("::")[2]?.split("$").at(-1) ?? "";
  const known = types[type];
  if (known === undefined) throw new Error(`The double of the AWS plugin has no type ${type}.`);
  return known;
}

function checked(inputs: Struct | undefined, failures: { property: string; reason: string }[] = []) {
  const response = new provider.CheckResponse();
  response.setInputs(inputs);
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new provider.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

function differing(changed: string[], replaces: string[]): provider.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  const response = new provider.DiffResponse();
  response.setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(changed);
  response.setReplacesList(replaces);
  return response;
}

function values(struct: Struct | undefined): Record<string, unknown> {
  return struct?.toJavaScript() ?? {};
}

function struct(properties: object): Struct {
  // Leaves out what is undefined, which a Struct cannot hold.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

function hexOf(seed: Uint8Array): string {
  return Buffer.from(seed).toString("hex").slice(0, 7);
}
