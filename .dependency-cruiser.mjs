/**
 * What each room of the package may import besides itself and packages. Three processes run its code: the user's program
 * (program), Pulumi's plugin (plugin) and the commands (commands); what two of them need is below all three.
 */
const ROOMS = {
  async: [],
  text: [],
  processes: [],
  model: ["text"],
  network: [],
  mailmodo: ["model", "network", "text"],
  settings: ["mailmodo", "model", "network", "text"],
  journal: ["model", "processes", "text"],
  pulumi: ["async", "model", "network", "processes", "text"],
  inbox: ["mailmodo", "model", "network", "text"],
  program: ["model", "settings", "text"],
  plugin: ["async", "journal", "mailmodo", "model", "processes", "pulumi", "settings", "text"],
  commands: ["async", "journal", "mailmodo", "model", "network", "processes", "pulumi", "settings", "text"],
};

/** The same for the sandbox. Its page runs in a browser: it knows the server by the types in api.ts alone. */
const SANDBOX_ROOMS = {
  state: ["state", "mail"],
  mail: ["mail", "state"],
  server: ["server", "state", "mail", "api.ts"],
  page: ["page", "api.ts"],
  "api.ts": ["state", "mail"],
};

const PULUMI_SDK = "node_modules/@pulumi/";

export default {
  forbidden: [
    { name: "no-circles", comment: "Types included.", severity: "error", from: {}, to: { circular: true } },
    ...Object.entries(ROOMS).map(([room, others]) => ({
      name: `provider/${room}`,
      comment:
        others.length > 0
          ? `It imports of the package only: ${others.join(", ")}.`
          : "It imports nothing of the package.",
      severity: "error",
      from: { path: `^provider/${room}/` },
      to: { path: "^provider/", pathNot: `^provider/(${[room, ...others].join("|")})/` },
    })),
    {
      name: "a-room-for-each",
      comment: "A new folder of the package needs its line in ROOMS.",
      severity: "error",
      from: { path: "^provider/", pathNot: `^provider/((${Object.keys(ROOMS).join("|")})/|index\\.ts$)` },
      to: {},
    },
    ...Object.entries(SANDBOX_ROOMS).map(([room, allowed]) => ({
      name: `sandbox/${room}`,
      comment: `It imports of the sandbox only: ${allowed.join(", ")}.`,
      severity: "error",
      from: { path: `^sandbox/${insideOf(room)}` },
      to: { path: "^sandbox/", pathNot: `^sandbox/(${[...allowed, "package.json"].map(insideOf).join("|")})` },
    })),
    {
      name: "a-room-for-each-of-the-sandbox",
      comment: "A new folder of the sandbox needs its line in SANDBOX_ROOMS.",
      severity: "error",
      from: {
        path: "^sandbox/[^/]+/",
        pathNot: `^sandbox/(${Object.keys(SANDBOX_ROOMS).map(insideOf).join("|")}|bin/)`,
      },
      to: {},
    },
    {
      name: "types-of-the-api",
      comment: "api.ts says what goes over the wire; the page bundles none of the server's code.",
      severity: "error",
      from: { path: "^sandbox/(page/|api\\.ts$)" },
      to: { path: "^sandbox/", pathNot: "^sandbox/page/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "use-the-sandbox-as-users-do",
      comment: "They import mailmodo-sandbox; the specs of its own files, and what measures them, import those.",
      severity: "error",
      from: { path: "^(bench|stacks|templates|test|tools)/", pathNot: "^(test/sandbox/|bench/sharedKey\\.ts$)" },
      to: { path: "^sandbox/", pathNot: "^sandbox/package\\.json$" },
    },
    {
      name: "provider-alone",
      severity: "error",
      from: { path: "^provider/" },
      to: { path: "^(bench|sandbox|stacks|test|tools)/" },
    },
    {
      name: "free-of-pulumi",
      comment: "What all processes know, and what speaks to Mailmodo, is free of Pulumi's SDK.",
      severity: "error",
      from: { path: "^provider/(async|text|processes|model|network|mailmodo|journal)/" },
      to: { path: PULUMI_SDK },
    },
    {
      name: "sandbox-alone",
      comment: "The sandbox must not share the provider's bugs.",
      severity: "error",
      from: { path: "^sandbox/" },
      to: { path: `^(bench|provider|stacks|test|tools)/|${PULUMI_SDK}` },
    },
    {
      name: "programs-use-the-package",
      comment: "Programs import pulumi-mailmodo, as its users do.",
      severity: "error",
      from: { path: "^stacks/" },
      to: {
        path: "^(bench|provider|sandbox|test|tools)/",
        dependencyTypesNot: ["npm", "npm-dev", "aliased-workspace"],
      },
    },
    {
      name: "tools-alone",
      severity: "error",
      from: { path: "^tools/" },
      to: { path: "^(bench|test)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(provider|sandbox)/dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "default", "types"] },
  },
};

/** A room as a pattern below its package: a folder, or one file. */
function insideOf(room) {
  return room.includes(".") ? `${room.replace(".", "\\.")}$` : `${room}/`;
}
