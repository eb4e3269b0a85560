import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Journal } from "../../provider/journal/journal";
import { stackIdentity } from "../../provider/journal/stackIdentity";
import { backendOf, journalFolder } from "../../provider/pulumi/backend";
import { deadProcess } from "./deadProcess";
import { useEnvironment } from "./environment";
import { openJournal } from "./openJournal";
import { writeAs } from "./writeAs";

/** Lets a journal be as a killed plugin left it. For this process it is the only one until the test ends. */
export function useKilledPlugin(): (noted: (journal: Journal) => Promise<unknown>) => Promise<void> {
  const homes: string[] = [];
  useEnvironment(() => ({}));
  afterEach(() => {
    for (const home of homes.splice(0)) fs.rmSync(home, { recursive: true, force: true });
  });
  return async (noted) => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-mailmodo-home-"));
    homes.push(home);
    process.env["PULUMI_HOME"] = home;
    const here = { env: process.env, folder: process.cwd(), askCli: () => undefined };
    const stack = stackIdentity(undefined, backendOf(here), pulumi.getProject());
    const folder = journalFolder(here);
    await noted(await openJournal({ folder, stack }));
    writeAs(folder, deadProcess());
  };
}
