import { journeysOf } from "mailmodo-sandbox";
import { journeyId } from "./journeyId";
import { useProject } from "./project";

/** The journey of the tests with two messages: at once in HTML, and a day later in text alone. */
export const tour = journeysOf({
  [journeyId]: {
    steps: [
      {
        delay: "0s",
        subject: "Welcome, {{firstName}}",
        text: "Hello {{firstName}}, you have {{seats}} seats.",
        html: "<h1>Hello {{firstName}}</h1><p>You have <b>{{seats}} seats</b>.</p>",
      },
      { delay: "1d", subject: "Your second day, {{firstName}}", text: "Invite your team." },
    ],
  },
});

/** The address of the project's contact, in its stack. */
export const tourEmail = "qa+seeds.test@seeds.example.com";

/** A project with one contact in that journey. */
export const useTour = () =>
  useProject(
    `new JourneyEnrollment("qa", {
      journeyId, email: stackAddress("qa@seeds.example.com"), data: { firstName: "Ada", seats: "3" }, abortReason: "The tour is over",
    });`,
    { journeys: tour },
  );
