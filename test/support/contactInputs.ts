import type { ContactInputs } from "../../provider/model/contactInputs";
import { CONTACT_LOADER } from "../../provider/model/stateFormat";

/** A contact, as the plugin gets it. */
export const contactInputs: ContactInputs = {
  email: "ada+seeds.dev@seeds.example.com",
  list: "Seeds",
  data: { first_name: "Ada", seats: 3 },
  adopt: false,
  stack: "organization/seeds/dev",
  __provider: CONTACT_LOADER,
};
