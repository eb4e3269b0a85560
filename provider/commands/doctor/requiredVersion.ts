/** What a project file says to a version of the CLI. `unreadable`: the CLI cannot read the range. */
export type Verdict = "allowed" | "refused" | "unreadable" | "unknown";

/**
 * Whether a version of the CLI is in the range that a project file requires of it. The CLI reads that as the Go package
 * blang/semver does, not as npm: comparisons with whole versions, after each other (and) or with `||` between them (or).
 *
 * @param version Such as `3.274.1`, or `3.275.0-alpha.1` before a release.
 * @param range Such as `>=3.100.0 !3.120.0`, or `3.x`.
 * @returns `unknown` for a form of which the package makes something odd, and where an alpha version is compared with its
 *   release.
 */
export function verdictOn(version: string, range: string): Verdict {
  const [, numbers, isEarly] = /^v?(\d+\.\d+\.\d+)(-[^+]*)?(?:\+.*)?$/.exec(version) ?? [];
  if (numbers === undefined) return "unknown";
  const own = numbers.split(".").map(Number);
  // The package ignores spaces after these.
  const words = range.trim().replace(/([<>=]) +/g, "$1");
  const terms = words.split(/ +\|\| +/).map((part) => part.split(/ +/));
  const verdicts = terms.map((all) => all.map((term) => verdictOnTerm(own, isEarly !== undefined, term)));
  const odd = (["unreadable", "unknown"] as const).find((one) => verdicts.flat().includes(one));
  return odd ?? (verdicts.some((all) => all.every((one) => one === "allowed")) ? "allowed" : "refused");
}

/** `3.1.2`, `3.1.x` or `3.x`, after an operator. */
const TERM = /^(==?|!=?|[<>]=?|)(\d+\.\d+\.\d+|(\d+(?:\.\d+)?)\.x)$/;
/** The package drops what has one letter, misreads some that have an x, and takes versions before a release. */
const ODD = /^.$|x|^(==?|!=?|[<>]=?|)\d+\.\d+\.\d+[-+]/;

function verdictOnTerm(own: readonly number[], isEarly: boolean, term: string): Verdict {
  const [, operator = "", whole = "", beginning] = TERM.exec(term) ?? [];
  if (whole === "") return ODD.test(term) ? "unknown" : "unreadable";
  const wanted = (beginning ?? whole).split(".").map(Number);
  const at = wanted.findIndex((number, index) => own[index] !== number);
  // Nothing is ever in `!3.x`.
  if ((at < 0 && isEarly) || (beginning !== undefined && operator.startsWith("!"))) return "unknown";
  return holds(operator, at < 0 ? 0 : own[at]! - wanted[at]!) ? "allowed" : "refused";
}

/** @param order Below 0 if the version is before the wanted one, 0 if it is that one. */
function holds(operator: string, order: number): boolean {
  if (operator.startsWith("!")) return order !== 0;
  if (order === 0) return operator !== "<" && operator !== ">";
  return operator.startsWith(order < 0 ? "<" : ">");
}
