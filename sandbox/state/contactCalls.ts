import type { Answer } from "./answer";
import type { Contact } from "./contact";
import type { Profile, Refusal } from "./profile";
import type { Store } from "./store";
import { SUCCESS, type ContactCall } from "./vendorCall";

/** What a call about a contact is sent with: in its body or, if it is a read, in its query. */
export interface ContactInput {
  readonly email: string;
  readonly listName: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The vendor's calls for contacts: what they do, and what they come to. */
export class ContactCalls {
  constructor(
    private readonly store: Store,
    private readonly profile: () => Profile,
  ) {}

  act(call: ContactCall, input: ContactInput): Answer {
    switch (call) {
      case "addToList":
        return this.addToList(input);
      case "getContactDetails":
        return this.details(input);
      case "archiveContact":
        return this.archive(input);
      case "removeFromList":
        return this.removeFromList(input);
      case "resubscribe":
        return this.resubscribe(input);
      case "getAllContactLists":
        return { message: SUCCESS.getAllContactLists, body: { listDetails: this.lists() } };
    }
  }

  private addToList({ email, listName, data = {} }: ContactInput): Answer {
    const { addArchived } = this.profile();
    const known = this.store.contacts.get(email);
    if (known?.archived && addArchived !== "revives") {
      return addArchived === "ignored" ? { message: SUCCESS.addToList } : { refusal: addArchived };
    }
    const lists = [...new Set([...(known?.lists ?? []), listName])];
    this.store.setContacts([{ email, lists, data: { ...known?.data, ...data }, archived: false }]);
    return { message: SUCCESS.addToList };
  }

  private details({ email }: ContactInput): Answer {
    const { contactUnknown, archived } = this.profile();
    const contact = archived === "shown" ? this.store.contacts.get(email) : this.known(email);
    return contact === undefined
      ? { refusal: contactUnknown }
      : { message: SUCCESS.getContactDetails, body: shown(contact) };
  }

  private archive({ email }: ContactInput): Answer {
    const contact = this.known(email);
    if (contact === undefined) return answerOf(this.profile().archiveUnknown, "archiveContact");
    this.store.setContacts([{ email, archived: true }]);
    return { message: SUCCESS.archiveContact };
  }

  private removeFromList({ email, listName }: ContactInput): Answer {
    const { listUnknown, removeUnknown } = this.profile();
    if (!this.store.contactLists.has(listName)) return { refusal: listUnknown };
    const contact = this.known(email);
    if (contact?.lists.includes(listName) !== true) return answerOf(removeUnknown, "removeFromList");
    this.store.setContacts([{ email, lists: contact.lists.filter((name) => name !== listName) }]);
    return bare("removeFromList");
  }

  private resubscribe({ email }: ContactInput): Answer {
    const contact = this.known(email);
    if (contact === undefined) return answerOf(this.profile().resubscribeUnknown, "resubscribe");
    if (contact.unsubscribed) this.store.setContacts([{ email, unsubscribed: false }]);
    return bare("resubscribe");
  }

  private known(email: string): Contact | undefined {
    const contact = this.store.contacts.get(email);
    return contact?.archived === true ? undefined : contact;
  }

  private lists(): object[] {
    const counts = new Map<string, number>();
    for (const { archived, lists } of this.store.contacts.all())
      if (!archived) for (const name of lists) counts.set(name, (counts.get(name) ?? 0) + 1);
    return this.store.contactLists.all().map(({ listId, name, createdAt }) => ({
      id: listId,
      name,
      created_at: createdAt,
      contacts_count: counts.get(name) ?? 0,
    }));
  }
}

function answerOf(answer: Refusal | "success", call: ContactCall): Answer {
  if (answer !== "success") return { refusal: answer };
  return call === "archiveContact" ? { message: SUCCESS[call] } : bare(call);
}

/** In the contract, these calls answer with a message alone. */
function bare(call: ContactCall): Answer {
  return { message: SUCCESS[call], body: { message: SUCCESS[call] } };
}

/** The contact as the vendor answers it. A reason is only there if there is something that it is the reason of. */
function shown(contact: Contact): object {
  const { contactIdentifier, email, data, blocked, blockedReason } = contact;
  const { unsubscribed, unsubscribeReason, unsubscribedEmailTypes } = contact;
  return {
    contactIdentifier,
    email,
    data,
    blocked,
    ...(blockedReason === undefined ? {} : { blockedReason }),
    unsubscribed,
    ...(unsubscribeReason === undefined ? {} : { unsubscribeReason }),
    unsubscribedEmailTypes,
  };
}
