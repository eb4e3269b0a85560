import { SANDBOX_KEY, type VendorCall } from "mailmodo-sandbox";

export type ContactCall = Exclude<VendorCall, "start" | "abort">;

const ROUTES: Readonly<Record<ContactCall, [method: string, path: string]>> = {
  addToList: ["POST", "addToList"],
  getContactDetails: ["GET", "getContactDetails"],
  archiveContact: ["DELETE", "contacts"],
  removeFromList: ["POST", "removeFromList"],
  resubscribe: ["POST", "contacts/resubscribe"],
  getAllContactLists: ["GET", "getAllContactLists"],
};

export const CONTACT_CALLS = Object.keys(ROUTES) as ContactCall[];

/** Makes one of the vendor's calls for contacts. A read has what it is about in its query. */
export function contactCall(
  url: string,
  call: ContactCall,
  about: Record<string, unknown> = {},
  init: RequestInit = {},
): Promise<Response> {
  const [method, path] = ROUTES[call];
  const headers = { "Content-Type": "application/json", mmApiKey: SANDBOX_KEY };
  if (method !== "GET") {
    return fetch(`${url}/api/v1/${path}`, { method, headers, body: JSON.stringify(about), ...init });
  }
  const query = new URLSearchParams(about as Record<string, string>).toString();
  return fetch(`${url}/api/v1/${path}${query === "" ? "" : `?${query}`}`, { headers, ...init });
}
