import type * as pulumi from "@pulumi/pulumi";
import { addressesWithout, archiveProblem, parseAddresses, type ArchiveInputs } from "../model/archive";
import { UNKNOWN } from "../model/inputs";
import { archiveAll } from "./archiveContacts";
import { checkFailures } from "./checkFailures";
import { configure, session } from "./session";

/**
 * The lifecycle of what archives contacts once nothing of the stack enrolls them any more: the contact of one address, or
 * those of a cohort's shard. The enrollments depend on it, and Pulumi deletes at the end of a run, so it is deleted after the
 * last of them, and after everything is started to which a contact was moved.
 *
 * | verb   | requests |
 * |--------|----------|
 * | check  | none: refuses addresses without the stack's tag, and invalid settings |
 * | diff   | none: contacts that are gone replace it, create before delete; new ones change it in place |
 * | create | none |
 * | update | none |
 * | delete | archives each contact that nothing enrolls any more |
 *
 * It has no notes in the journal. An archive may be repeated, and the state has the resource until all are done.
 */
const contactArchive = {
  configure,

  async check(_olds: ArchiveInputs, news: ArchiveInputs): Promise<pulumi.dynamic.CheckResult<ArchiveInputs>> {
    const failures = await checkFailures((recipients) => [archiveProblem(news, recipients)]);
    if (news.contacts !== UNKNOWN) session.thisRun.want("archive", parseAddresses(news.contacts));
    return { inputs: news, failures };
  },

  async diff(_id: string, olds: ArchiveInputs, news: ArchiveInputs): Promise<pulumi.dynamic.DiffResult> {
    const isUnknown = news.contacts === UNKNOWN;
    const removed = isUnknown ? [] : addressesWithout(olds.contacts, news.contacts);
    const added = isUnknown ? [] : addressesWithout(news.contacts, olds.contacts);
    const isOtherwiseChanged = (["stack", "__provider"] as const).some((name) => olds[name] !== news[name]);
    return {
      changes: isUnknown || removed.length + added.length > 0 || isOtherwiseChanged,
      // The old one is deleted, and so the removed contacts are archived, when everything else of the run is done.
      replaces: removed.length > 0 ? ["contacts"] : [],
      deleteBeforeReplace: false,
    };
  },

  async create(inputs: ArchiveInputs): Promise<{ id: string; outs: ArchiveInputs }> {
    const { cohort, shard } = inputs;
    return { id: cohort === undefined ? "contact" : `${cohort}/${shard}`, outs: inputs };
  },

  async update(_id: string, _olds: ArchiveInputs, news: ArchiveInputs): Promise<{ outs: ArchiveInputs }> {
    return { outs: news };
  },

  async delete(_id: string, state: ArchiveInputs): Promise<void> {
    await archiveAll(state);
  },
} satisfies pulumi.dynamic.ResourceProvider<ArchiveInputs, ArchiveInputs>;

export = contactArchive;
