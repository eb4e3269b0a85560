import enrollmentLifecycle from "../../../provider/plugin/enrollmentLifecycle";
import type { EnrollmentState } from "../../../provider/model/inputs";
import { LOADER, TYPES } from "../../../provider/model/stateFormat";
import { describeFaultMatrix } from "../../support/faultMatrix";
import { journeyId } from "../../support/journeyId";
import { SECRET } from "../../support/patience";

describeFaultMatrix("an enrollment", {
  lifecycle: enrollmentLifecycle,
  type: TYPES.enrollment,
  inputs: {
    journeyId,
    email: `ada.${SECRET}@seeds.example.com`,
    data: { firstName: "Ada" },
    allowDuplicateEmail: false,
    abortReason: "preview closed",
    __provider: LOADER,
  },
  change: { data: { firstName: "Grace" } },
  rounds: 2,
  failure:
    /^Could not (start|abort|settle) journey [\da-f-]{36} for (a\*\*\*@seeds\.example\.com|instance [\da-f-]{36}): [^\n]+\.$/,
  recordsOf: ({ email, instanceId }: EnrollmentState) => new Map([[email, instanceId ?? null]]),
});
