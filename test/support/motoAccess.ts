// Who may do what in moto, the stand-in for AWS of ./moto.ts.
import type { Moto } from "./moto";

/** Takes a role as a workflow does with its OIDC token; moto believes every token. */
export async function assumeRole({ url, env }: Moto, RoleArn: string) {
  const answer = await fetch(url, {
    method: "POST",
    // moto tells by the credentials' scope which service is meant, and looks no further here.
    headers: { Authorization: `AWS4-HMAC-SHA256 Credential=x/20260101/${env["AWS_REGION"]}/sts/aws4_request` },
    body: new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn,
      RoleSessionName: "test",
      WebIdentityToken: "a token",
    }),
  });
  const text = await answer.text();
  const part = (name: string) => new RegExp(`<${name}>(.*)</${name}>`).exec(text)?.[1] ?? "";
  return {
    AWS_ACCESS_KEY_ID: part("AccessKeyId"),
    AWS_SECRET_ACCESS_KEY: part("SecretAccessKey"),
    AWS_SESSION_TOKEN: part("SessionToken"),
  };
}

/**
 * From now on moto asks the policies of IAM about each call, or no longer. It knows the resources of S3, and of no
 * other service here.
 */
export async function requireAuthorization({ url }: Moto, required: boolean): Promise<void> {
  await fetch(`${url}/moto-api/reset-auth`, { method: "POST", body: required ? "0" : "inf" });
}
