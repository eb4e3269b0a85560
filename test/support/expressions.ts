import * as vm from "node:vm";

/** What an expression may name: `github`, `vars`, `secrets`, `inputs` and the like. */
export type Contexts = Readonly<Record<string, unknown>>;

/**
 * Evaluates one of GitHub's expressions: names, strings, `==`, `!=`, `&&`, `||`, brackets, and the functions of a step's
 * state.
 *
 * @throws {Error} It has anything else, or names what is not in the contexts. On GitHub that would be an empty text.
 */
export function evaluate(expression: string, contexts: Contexts, failed = false): unknown {
  const functions: Record<string, boolean> = { always: true, success: !failed, failure: failed };
  const code = expression.replace(TOKEN, (token, text?: string, called?: string, name?: string) => {
    if (text !== undefined) return JSON.stringify(text.replaceAll("''", "'"));
    if (called !== undefined && called in functions) return String(functions[called]);
    if (name !== undefined) return JSON.stringify(valueOf(name, contexts));
    if (OPERATORS.has(token.trim())) return token;
    throw new Error(`Not understood in the expression "${expression}": ${token}`);
  });
  return vm.runInNewContext(`(${code})`) as unknown;
}

/** A text with each `${{ … }}` evaluated. */
export function expand(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(evaluate(expression, contexts)));
}

/** A step's or a job's `if`: without a function of its own it counts only while nothing failed. */
export function holds(condition: string | undefined, contexts: Contexts, failed: boolean): boolean {
  const hasFunction = /\b(always|success|failure)\(\)/.test(condition ?? "");
  return (hasFunction || !failed) && Boolean(evaluate(condition ?? "always()", contexts, failed));
}

const TOKEN = /'((?:[^']|'')*)'|(\w+)\(\)|([a-z][\w-]*(?:\.[\w-]+)+)|&&|\|\||[=!]=|\s+|[^]/g;
const OPERATORS = new Set(["", "==", "!=", "&&", "||", "(", ")"]);

function valueOf(name: string, contexts: Contexts): unknown {
  const [context = "", ...path] = name.split(".");
  // As on GitHub: one that nobody has set is an empty text.
  if (["vars", "secrets", "inputs"].includes(context)) {
    return (contexts[context] as Record<string, unknown>)[path.join(".")] ?? "";
  }
  let value: unknown = contexts[context];
  for (const key of path) value = (value as Record<string, unknown> | undefined)?.[key];
  if (value === undefined) throw new Error(`The test knows no ${name}.`);
  return value;
}
