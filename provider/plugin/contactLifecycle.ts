import type * as pulumi from "@pulumi/pulumi";
import { asciiAddress, contactName } from "../model/addresses";
import {
  changesContact,
  changesRecord,
  contactInputProblems,
  declaredData,
  idToKeep,
  isArchivedAtDelete,
  isOtherMailbox,
  isUnproven,
  withContactDefaults,
  type ContactInputs,
  type ContactState,
} from "../model/contactInputs";
import { isTaggedFor } from "../model/stackTag";
import { valueOrProblem } from "../settings/settingsError";
import { maskAddress } from "../text/masking";
import { addedContact, provenContact, unrecordedAdd } from "./addedContact";
import { mayHaveTakenEffect, throwOfDelete } from "./advice";
import { checkFailures } from "./checkFailures";
import { factsOf, onlyFacts, withoutFacts } from "./contactFacts";
import { ContactOperation } from "./contactOperation";
import { foreignContact } from "./foreignContact";
import { configure, session } from "./session";
import { isStillEnrolled } from "./stillEnrolled";
import { late, unconfirmedAdd, unconfirmedChange } from "./unconfirmedAdd";

/**
 * The lifecycle of one contact: the methods that the engine calls. A preview runs only check and diff, which send
 * nothing.
 *
 * | verb   | request |
 * |--------|---------|
 * | check  | none: refuses invalid inputs and settings |
 * | diff   | none: another mailbox replaces the contact, anything else changes in place |
 * | create | look up: refuses what may be a real person's; add to the list; look up: fails if it is one's after all |
 * | read   | look up |
 * | update | add to the list; leave the former list, unless adopted; look up. None if Mailmodo knows nothing of what changed |
 * | delete | archive, once no add can still take effect; none for a contact that is to be left, that the program still enrolls, or that another stack has |
 */
const contactLifecycle = {
  configure,

  async check(_olds: ContactInputs, news: ContactInputs): Promise<pulumi.dynamic.CheckResult<ContactInputs>> {
    const inputs = withContactDefaults(news);
    const failures = await checkFailures((recipients) => contactInputProblems(inputs, recipients));
    if (typeof inputs.email === "string") session.thisRun.want("contact", [inputs.email]);
    return {
      inputs: typeof inputs.email === "string" ? { ...inputs, email: asciiAddress(inputs.email) } : inputs,
      failures,
    };
  },

  async diff(_id: string, olds: ContactState, news: ContactInputs): Promise<pulumi.dynamic.DiffResult> {
    const replaces = isOtherMailbox(olds, news) ? ["email"] : [];
    const { value: to } = await valueOrProblem(() => session.connect());
    const mayDiffer = to !== undefined && (await session.hasUnsettledCall(to, olds));
    return {
      changes: mayDiffer || olds.contactId === undefined || changesContact(olds, news) || changesRecord(olds, news),
      replaces,
      // They are two mailboxes. The new one is there before the enrollments of the old one have ended.
      deleteBeforeReplace: false,
    };
  },

  async create(inputs: ContactInputs): Promise<{ id: string; outs: ContactState }> {
    return ContactOperation.run(async (operation) => {
      const to = await session.connectTo("add");
      const owner = await operation.ownerOf(to, inputs);
      const adopted = owner === "foreign" || owner === "unproven";
      if (adopted && !inputs.adopt) throw foreignContact(inputs, owner === "unproven");
      const state = { ...inputs, adopted };
      const addSentAt = await operation.add(to, inputs, !adopted).catch((error: Error) => {
        // A person may have signed up with an address that Mailmodo did not know and that has no tag.
        const isOwn = owner === "own" || isTaggedFor(inputs.email, inputs.stack ?? "");
        if (adopted || !mayHaveTakenEffect(error)) throw error;
        throw isOwn ? unconfirmedAdd(state, error) : unrecordedAdd(error, inputs);
      });
      const isToProve = owner === "new" && !isTaggedFor(inputs.email, inputs.stack ?? "");
      const added = { ...state, ...late(addSentAt) };
      const outs = await (isToProve ? provenContact(operation, to, added) : addedContact(operation, to, added));
      return { id: contactName(inputs.email), outs };
    });
  },

  async read(id: string, recorded?: ContactState): Promise<pulumi.dynamic.ReadResult<ContactState>> {
    // Undefined only for a resource of another kind of provider.
    const state = recorded!;
    return ContactOperation.run(async (operation) => {
      const to = await session.connectTo("find");
      const details = await operation.find(to, state);
      // The engine takes an empty id for a resource that is gone.
      if (details === undefined) return { id: (await operation.lateAddOf(to, state)) ? id : "", props: state };
      // The next up adds it again, and then compares its values with those that were sent.
      if (isUnproven(state)) return { id, props: state };
      return {
        id,
        props: { ...withoutFacts(state), ...factsOf(details), data: declaredData(state.data, details.data) },
      };
    });
  },

  async update(_id: string, olds: ContactState, news: ContactInputs): Promise<{ outs: ContactState }> {
    const { adopted } = olds;
    return ContactOperation.run(async (operation) => {
      const to = await session.connectTo("add");
      const isToSend =
        olds.contactId === undefined || changesContact(olds, news) || (await session.hasUnsettledCall(to, olds));
      if (!isToSend)
        return { outs: { ...news, adopted, ...onlyFacts(olds), ...late(await operation.lateAddOf(to, olds)) } };
      const addSentAt = await operation
        .add(to, { ...news, ...late(olds.addSentAt) }, !adopted)
        .catch((error: Error) => {
          throw mayHaveTakenEffect(error) ? unconfirmedChange({ ...olds, __provider: news.__provider }, error) : error;
        });
      const changed = { ...news, ...late(addSentAt) };
      const sent = { ...olds.data, ...news.data };
      const outs = isUnproven(olds) ? await provenContact(operation, to, changed, sent) : undefined;
      // An adopted contact may have been in the list before.
      if (olds.list !== news.list && !(outs ?? olds).adopted)
        await operation.removeFromList(to, olds).catch((error: Error) => {
          throw unconfirmedChange({ ...olds, ...late(addSentAt), __provider: news.__provider }, error);
        });
      return {
        outs:
          outs ??
          (await addedContact(operation, to, { ...changed, ...idToKeep({ ...olds, adopt: news.adopt }), adopted })),
      };
    });
  },

  async delete(_id: string, state: ContactState): Promise<void> {
    await ContactOperation.run(async (operation) => {
      const who = maskAddress(state.email);
      if (isUnproven(state) || !isArchivedAtDelete(state)) {
        // Only so that others of the contact know. Where a state cannot be read, none of them archives it.
        await operation.giveUp(state).catch(() => undefined);
        const why = ": whether this stack made it is not known. If it did, archive it there";
        const isUnknown = isUnproven(state) && state.onDelete !== "leave";
        return console.log(`Left the contact ${who} in Mailmodo${isUnknown ? why : ""}.`);
      }
      if (await operation.giveUp(state))
        return console.log(`Left the contact ${who} in Mailmodo: another resource of this stack has it.`);
      if (await isStillEnrolled(state))
        return console.log(`Left the contact ${who} in Mailmodo: the program still enrolls it.`);
      // Before the other stacks are asked: one may enroll the contact during the wait.
      const to = await operation.outlastAdd(await session.connectTo("archive"), state);
      const other = await operation.otherStackWith(to, state);
      if (other !== undefined) return console.log(`Left the contact ${who} in Mailmodo: the stack ${other} has it.`);
      const words = await operation.archive(to, state);
      if (words !== undefined) console.log(`Nothing left to archive for ${who}: "${words}"`);
    }).catch(throwOfDelete);
  },
} satisfies pulumi.dynamic.ResourceProvider<ContactInputs, ContactState>;

// The module itself must be the provider, because the loader text in the state requires it and never changes.
export = contactLifecycle;
