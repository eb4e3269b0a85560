/** The journey of the tests. */
export const journeyId = "6f1c2d3e-4a5b-4c6d-8e7f-90a1b2c3d4e5";
