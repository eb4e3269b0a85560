// Pulumi's SDK sets this flag half-way through its load, the program at another place than the plugin. V8 takes back what
// Node's compile cache keeps only under the flags that it was compiled with, so the two would throw out each other's.
require("node:v8").setFlagsFromString("--allow-natives-syntax");
