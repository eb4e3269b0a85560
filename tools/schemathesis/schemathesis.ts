import * as path from "node:path";
import { main } from "../cache";
import { findPythonTool, type Log } from "../pythonTool";

/** Finds or installs schemathesis, which calls a server by its own description: `-m schemathesis.cli` runs it. */
export async function findSchemathesis(log?: Log): Promise<string> {
  const requirements = path.join(__dirname, "requirements.txt");
  return findPythonTool({ name: "schemathesis", what: "which tries what openapi.json promises", requirements }, log);
}

main(module, findSchemathesis);
