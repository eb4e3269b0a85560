import * as fs from "node:fs";
import * as os from "node:os";
import { PROXY_VARIABLES } from "../../network/proxy";
import { escapeRegExp } from "../../text/escapeRegExp";
import { maskAddresses } from "../../text/masking";
import { inert } from "../../text/inert";
import { anyOf, spellingsOf } from "../../text/spellings";

/**
 * Makes a text fit to be shown to strangers: one line, without the given secrets and those of the environment, with `~`
 * in place of the user's home, and with each address masked.
 *
 * @param names What may be shown: the folder, the names of project and stack. A word of it is not taken for a secret, as
 *   where the passphrase of a first try is the project's name.
 */
export function shareable(text: string, secrets: Iterable<string>, env: NodeJS.ProcessEnv, names = ""): string {
  const all = [...secrets, ...secretsOf(env)].map((secret) => secret.trim()).filter((one) => !names.includes(one));
  const hidden = [...new Set(all)].filter(({ length }) => length >= LEAST_LENGTH);
  const withoutSecrets = text.replace(anyOf(hidden.flatMap(spellingsOf)), "[hidden]");
  const withoutHome = homes(env).reduce((rest, home) => rest.replace(folderPattern(home), "~"), withoutSecrets);
  const withoutAccounts = withoutHome.replace(CREDENTIALS_OF_URL, "//[hidden]@").replace(AWS_ACCOUNT, "[account]");
  return inert(maskAddresses(withoutAccounts)).replace(/\s+/g, " ").trim();
}

const CREDENTIALS_OF_URL = /\/\/[^\s/@]+@/g;
const AWS_ACCOUNT = /\b\d{12}\b/g;

/** A shorter word may be part of any text. No line repeats a passphrase by itself. */
const LEAST_LENGTH = 8;

/** The variables whose values are secrets. */
const SECRET_VARIABLES = /KEY|TOKEN|SECRET|PASS(WORD|PHRASE)?$/i;

function secretsOf(env: NodeJS.ProcessEnv): string[] {
  const named = Object.entries(env).filter(([name]) => SECRET_VARIABLES.test(name));
  return [
    ...named.map(([, value]) => value ?? ""),
    ...passphraseFile(env),
    ...PROXY_VARIABLES.flatMap((name) => passwordsOf(env[name] ?? "")),
  ];
}

function passphraseFile({ PULUMI_CONFIG_PASSPHRASE_FILE: file }: NodeJS.ProcessEnv): string[] {
  try {
    return file ? [fs.readFileSync(file, "utf8")] : [];
  } catch {
    return [];
  }
}

/** The user and the password of a URL, as written. */
function passwordsOf(url: string): string[] {
  const [, user = "", password = ""] = /^(?:[a-z0-9]+:\/\/)?([^:@/]*):?([^@]*)@/i.exec(url) ?? [];
  return [user, password];
}

/** Not `/rootfs` for `/root`. */
function folderPattern(folder: string): RegExp {
  return new RegExp(`${escapeRegExp(folder)}(?![\\w-]|\\.\\w)`, "g");
}

function homes(env: NodeJS.ProcessEnv): string[] {
  const all = [env["HOME"], os.homedir()].filter((home) => home !== undefined && home.length > 1) as string[];
  const real = all.flatMap((home) => (fs.existsSync(home) ? [fs.realpathSync(home)] : []));
  return [...new Set([...real, ...all])].sort((a, b) => b.length - a.length);
}
