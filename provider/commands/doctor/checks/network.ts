import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import { PROXY_VARIABLES, ProxySettingError, proxyFor } from "../../../network/proxy";
import { count } from "../../../text/wording";
import { failure, ok, warning, type Check, type Finding } from "../finding";
import { baseUrlOf } from "../baseUrl";
import type { Surroundings } from "../surroundings";

/** The proxy in effect. */
export const checkProxy: Check<Surroundings> = {
  name: "proxy",
  async run(surroundings) {
    const { env } = surroundings;
    const url = new URL(await baseUrlOf(surroundings));
    if (url.protocol === "http:") return ok(`None: ${url.origin} is on this machine.`);
    try {
      const proxy = proxyFor(url, env);
      if (proxy !== undefined) return ok(`Requests to ${url.host} go through ${proxy.protocol}//${proxy.host}.`);
      const isSet = PROXY_VARIABLES.some((name) => env[name]);
      return ok(isSet ? `None: NO_PROXY exempts ${url.host}.` : "None is set.");
    } catch (error) {
      if (error instanceof ProxySettingError) return failure(error.message);
      throw error;
    }
  },
};

/** What the environment says of certificates. */
export const checkCertificates: Check<Surroundings> = {
  name: "certificates",
  async run({ env }) {
    const found: Finding[] = [];
    if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
      found.push(
        warning(
          "NODE_TLS_REJECT_UNAUTHORIZED=0 is set. This package verifies certificates all the same, but other code in Node.js does not.",
          "Unset it. For your company's certificates, set NODE_EXTRA_CA_CERTS to the file of their authority.",
        ),
      );
    }
    const file = env["NODE_EXTRA_CA_CERTS"];
    if (file) found.push(authorities(file));
    return found.length > 0 ? found : ok("Node.js's own authorities, and no others.");
  },
};

/** Node.js ignores a file that it cannot read, or prints one line that is easily missed. */
function authorities(file: string): Finding {
  const next = "Correct NODE_EXTRA_CA_CERTS: a file of certificates in PEM, or unset it.";
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    return failure(
      `NODE_EXTRA_CA_CERTS names a file that cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      next,
    );
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) return failure("NODE_EXTRA_CA_CERTS names a file without a certificate.", next);
  const broken = certificates.filter((certificate) => !isCertificate(certificate)).length;
  if (broken > 0) return failure(`NODE_EXTRA_CA_CERTS names a file with ${count(broken, "broken certificate")}.`, next);
  return ok(`${certificates.length} more in ${file} (NODE_EXTRA_CA_CERTS).`);
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
