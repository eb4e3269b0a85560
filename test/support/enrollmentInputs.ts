import type { EnrollmentInputs } from "../../provider/model/inputs";
import { LOADER } from "../../provider/model/stateFormat";
import { journeyId } from "./journeyId";

/** An enrollment, as the plugin gets it. */
export const inputs: EnrollmentInputs = {
  journeyId,
  email: "qa@seeds.example.com",
  data: { firstName: "Ada" },
  allowDuplicateEmail: false,
  abortReason: "preview closed",
  __provider: LOADER,
};
