#!/usr/bin/env node
// Not built, because npm links a command only if its file is there, and in this repository it links before it builds.
import("../dist/main.js");
