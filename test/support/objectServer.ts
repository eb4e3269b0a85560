import { S3Client } from "@aws-sdk/client-s3";
import { serve, type TestServer } from "./server";

/** One object of a bucket, or one whose content S3 never sends. */
export interface StoredObject {
  readonly key: string;
  readonly content: Buffer | "hangs";
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An S3 with one bucket, whose clock the test sets: a listing of all objects, and each object. */
export interface ObjectServer extends TestServer {
  readonly client: S3Client;
  /** Comes back once an object that hangs has been asked for. */
  readonly hangs: Promise<void>;
}

export async function serveObjects(objects: readonly StoredObject[], now: () => number): Promise<ObjectServer> {
  let hang = () => {};
  const hangs = new Promise<void>((resolve) => (hang = resolve));
  const server = await serve((response, _nth, { url = "" }) => {
    const headers = { Date: new Date(now()).toUTCString() };
    const key = decodeURIComponent(new URL(url, "http://s3").pathname.split("/").slice(2).join("/"));
    if (key === "")
      return void response.writeHead(200, { ...headers, "Content-Type": "application/xml" }).end(listing());
    const { content, metadata = {} } = objects.find((object) => object.key === key)!;
    if (content === "hangs") return hang();
    for (const [name, value] of Object.entries(metadata)) response.setHeader(`x-amz-meta-${name}`, value);
    response.writeHead(200, headers).end(content);
  });
  const listing = () => {
    const at = new Date(now()).toISOString();
    const contents = objects.map(
      ({ key }) => `<Contents><Key>${key}</Key><LastModified>${at}</LastModified></Contents>`,
    );
    return `<?xml version="1.0"?><ListBucketResult>${contents.join("")}</ListBucketResult>`;
  };
  const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
  const client = new S3Client({ endpoint: server.url, region: "us-east-1", credentials, forcePathStyle: true });
  return { ...server, client, hangs };
}
