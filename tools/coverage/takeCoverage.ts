import { takeCoverage } from "node:v8";

/** Writes coverage after each file of tests: mocha gives a worker one second to end, which is too short to write it all. */
export const mochaHooks = { afterAll: takeCoverage };
