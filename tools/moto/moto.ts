import * as path from "node:path";
import { main } from "../cache";
import { findPythonTool, type Log } from "../pythonTool";

/** Finds or installs moto's server, a stand-in for AWS: `-m moto.server` of the Python that it returns starts it. */
export async function findMoto(log?: Log): Promise<string> {
  const requirements = path.join(__dirname, "requirements.txt");
  return findPythonTool({ name: "moto", what: "whose server is a stand-in for AWS", requirements }, log);
}

main(module, findMoto);
