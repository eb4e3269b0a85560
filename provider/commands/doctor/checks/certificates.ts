import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import { count } from "../../../text/wording";
import { failure, ok, warning, type Check, type Finding } from "../finding";
import type { Surroundings } from "../surroundings";
import { isInRange } from "../versionRange";

/** What the environment says of certificates: whose are trusted, and whether they are verified. */
export const checkCertificates: Check<Surroundings> = {
  name: "certificates",
  async run({ env }) {
    const file = env["NODE_EXTRA_CA_CERTS"];
    const found = [
      ...verification(env),
      ...stores(env),
      ...(file ? [authorities("NODE_EXTRA_CA_CERTS", file, " more")] : []),
    ];
    return found.length > 0 ? found : ok("Node.js's own authorities, and no others.");
  },
};

function verification(env: NodeJS.ProcessEnv): Finding[] {
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return [];
  return [
    warning(
      "NODE_TLS_REJECT_UNAUTHORIZED=0 is set. This package verifies certificates all the same, but other code in Node.js does not.",
      "Unset it. For your company's certificates, set NODE_EXTRA_CA_CERTS to the file of their authority.",
    ),
  ];
}

/** The authorities of the system: those of OpenSSL take the place of Node.js's own, the others come besides. */
function stores(env: NodeJS.ProcessEnv): Finding[] {
  if (hasOption(env, "--use-openssl-ca"))
    return [ok("OpenSSL's authorities in place of Node.js's own (--use-openssl-ca)."), ...opensslFiles(env)];
  const isByVariable = env["NODE_USE_SYSTEM_CA"] === "1" && KNOWS_VARIABLE;
  const by = hasOption(env, "--use-system-ca") ? "--use-system-ca" : isByVariable ? "NODE_USE_SYSTEM_CA=1" : undefined;
  if (by === undefined) return [];
  const isOpenssl = process.platform !== "darwin" && process.platform !== "win32";
  return [ok(`This system's authorities besides Node.js's own (${by}).`), ...(isOpenssl ? opensslFiles(env) : [])];
}

/** Older versions of Node.js ignore NODE_USE_SYSTEM_CA. */
const KNOWS_VARIABLE = ["^22.19.0", ">=24.6.0"].some((range) => isInRange(process.versions.node, range) === true);

function hasOption({ NODE_OPTIONS: options = "" }: NodeJS.ProcessEnv, name: string): boolean {
  return options.split(/[\s"]+/).includes(name);
}

/** What OpenSSL reads in place of its own file and folder. */
function opensslFiles({ SSL_CERT_FILE: file, SSL_CERT_DIR: folder }: NodeJS.ProcessEnv): Finding[] {
  return [
    ...(file ? [authorities("SSL_CERT_FILE", file)] : []),
    ...(folder ? [ok(`Those in ${folder} (SSL_CERT_DIR).`)] : []),
  ];
}

/**
 * The certificates in a file. Node.js ignores one that it cannot read, or prints one line that is easily missed.
 *
 * @param variable What names the file.
 * @param more What the number of certificates is followed by.
 */
function authorities(variable: string, file: string, more = ""): Finding {
  const next = `Correct ${variable}: a file of certificates in PEM, or unset it.`;
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    return failure(`${variable} names a file that cannot be read (${(error as NodeJS.ErrnoException).code}).`, next);
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) return failure(`${variable} names a file without a certificate.`, next);
  const broken = certificates.filter((certificate) => !isCertificate(certificate)).length;
  if (broken > 0) return failure(`${variable} names a file with ${count(broken, "broken certificate")}.`, next);
  return ok(`${certificates.length}${more} in ${file} (${variable}).`);
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
