import { HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";

/** Puts an object into a bucket, and says from which second it is. */
export async function put(client: S3Client, bucket: string, key: string, body: string, more = {}): Promise<Date> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body), ...more }));
  const { LastModified } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return LastModified as Date;
}

/** A mail as SES writes it: its own lines first, then the mail as it was sent. */
export function sesMail({
  envelope = "for qa@seeds.example.com;",
  headers = ["To: qa@seeds.example.com"],
  subject = "Welcome",
  body = "Hello Ada",
  type = "text/plain",
} = {}): string {
  return [
    "Return-Path: <bounce@mail.example.com>",
    "Received: from out-1.mail.example.com (out-1.mail.example.com [192.0.2.10])",
    " by inbound-smtp.us-east-1.amazonaws.com with SMTP id d6iitobk75ur44p8kdnnp7g2n800abcdefgh1234",
    ...(envelope === "" ? [] : [` ${envelope}`]),
    " Tue, 24 Nov 2026 12:00:00 +0000 (UTC)",
    "X-SES-Spam-Verdict: PASS",
    "X-SES-Virus-Verdict: PASS",
    "Received: by out-1.mail.example.com with SMTP id abc",
    "        for <queue@mail.example.com>; Tue, 24 Nov 2026 11:59:59 +0000 (UTC)",
    "From: Seeds <hello@mail.example.com>",
    ...headers,
    `Subject: ${subject}`,
    "Date: Tue, 24 Nov 2026 11:59:58 +0000",
    "MIME-Version: 1.0",
    `Content-Type: ${type}; charset=utf-8`,
    "",
    body,
    "",
  ].join("\r\n");
}
