/** The vendor's calls that the sandbox answers: the two for journeys, then those for contacts. */
export const VENDOR_CALLS = [
  "start",
  "abort",
  "addToList",
  "getContactDetails",
  "archiveContact",
  "removeFromList",
  "resubscribe",
  "getAllContactLists",
] as const;
export type VendorCall = (typeof VENDOR_CALLS)[number];
export type ContactCall = Exclude<VendorCall, "start" | "abort">;

/** The calls that change nothing. */
export const READS: readonly VendorCall[] = ["getContactDetails", "getAllContactLists"];

/** What the vendor says when a call took effect. A read says what there is instead. */
export const SUCCESS: Readonly<Record<VendorCall, string>> = {
  start: "journey Executed",
  abort: "journey aborted",
  addToList: "The contact is successfully added/updated",
  archiveContact: "The contact is successfully deleted",
  removeFromList: "User has been successfully removed from list",
  resubscribe: "The email ID is successfully Subscribed",
  getContactDetails: "OK",
  getAllContactLists: "OK",
};
