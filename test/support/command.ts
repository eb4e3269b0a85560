import * as path from "node:path";

/** The built command `pulumi-mailmodo`, for Node.js to run. */
export const COMMAND = path.join(__dirname, "../../provider/dist/commands/main.js");
